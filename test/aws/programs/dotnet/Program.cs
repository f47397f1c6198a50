// What programs do with AWS's SDK for .NET, as it is: credentials and endpoint come from where the SDK finds them (environment,
// profiles). Prints one line of JSON: what was answered, or the error's code and status.
//   clients identity | assume ROLE SESSION | chain ROLE SESSION ROLE SESSION | token
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

static async Task<object> IdentityOf(IAmazonSecurityTokenService client)
{
    var answer = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest());
    return new { answer.UserId, answer.Account, answer.Arn };
}

static async Task<Credentials> Assumed(IAmazonSecurityTokenService client, string role, string session)
{
    var answer = await client.AssumeRoleAsync(new AssumeRoleRequest
    {
        RoleArn = role,
        RoleSessionName = session,
        DurationSeconds = 900,
    });
    return answer.Credentials;
}

static async Task<object> Run(string[] words)
{
    using var client = new AmazonSecurityTokenServiceClient();
    switch (words[0])
    {
        case "identity":
            return await IdentityOf(client);
        case "assume":
        {
            using var assumed = new AmazonSecurityTokenServiceClient(await Assumed(client, words[1], words[2]));
            return await IdentityOf(assumed);
        }
        case "chain":
        {
            using var first = new AmazonSecurityTokenServiceClient(await Assumed(client, words[1], words[2]));
            using var second = new AmazonSecurityTokenServiceClient(await Assumed(first, words[3], words[4]));
            return await IdentityOf(second);
        }
        case "token":
        {
            var answer = await client.GetSessionTokenAsync(new GetSessionTokenRequest { DurationSeconds = 900 });
            using var temporary = new AmazonSecurityTokenServiceClient(answer.Credentials);
            return await IdentityOf(temporary);
        }
        default:
            throw new ArgumentException(words[0]);
    }
}

try
{
    Console.WriteLine(JsonSerializer.Serialize(await Run(args)));
    return 0;
}
catch (AmazonServiceException error)
{
    var told = new { Code = error.ErrorCode, Status = (int)error.StatusCode, error.Message, Kind = error.GetType().Name };
    Console.WriteLine(JsonSerializer.Serialize(told));
    return 1;
}
catch (Exception error) when (error.InnerException is AmazonServiceException inner)
{
    // Credentials that have to be fetched first.
    var told = new { Code = inner.ErrorCode, Status = (int)inner.StatusCode, inner.Message, Kind = error.GetType().Name };
    Console.WriteLine(JsonSerializer.Serialize(told));
    return 1;
}
