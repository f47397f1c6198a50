# What `Use-STSRole` and `Get-STSCallerIdentity` of AWS.Tools do, with the same assemblies: AWS.Tools itself comes from the
# PowerShell Gallery. Prints one line of JSON.
#   clients.ps1 FOLDER URL ROLE SESSION
param([string] $Folder, [string] $EndpointUrl, [string] $RoleArn, [string] $RoleSessionName)
$ErrorActionPreference = 'Stop'
Add-Type -Path (Join-Path $Folder 'AWSSDK.Core.dll')
Add-Type -Path (Join-Path $Folder 'AWSSDK.SecurityToken.dll')

function New-Client($Credentials) {
    $config = [Amazon.SecurityToken.AmazonSecurityTokenServiceConfig]::new()
    $config.ServiceURL = $EndpointUrl
    if ($null -eq $Credentials) { return [Amazon.SecurityToken.AmazonSecurityTokenServiceClient]::new($config) }
    return [Amazon.SecurityToken.AmazonSecurityTokenServiceClient]::new($Credentials, $config)
}

try {
    $request = [Amazon.SecurityToken.Model.AssumeRoleRequest]@{ RoleArn = $RoleArn; RoleSessionName = $RoleSessionName }
    $assumed = (New-Client $null).AssumeRoleAsync($request).GetAwaiter().GetResult()
    $identity = [Amazon.SecurityToken.Model.GetCallerIdentityRequest]::new()
    $answer = (New-Client $assumed.Credentials).GetCallerIdentityAsync($identity).GetAwaiter().GetResult()
    @{ Arn = $answer.Arn; Account = $answer.Account } | ConvertTo-Json -Compress
} catch {
    $fault = $_.Exception
    while ($null -ne $fault -and $fault -isnot [Amazon.Runtime.AmazonServiceException]) { $fault = $fault.InnerException }
    if ($null -eq $fault) { throw }
    @{ Code = $fault.ErrorCode; Status = [int] $fault.StatusCode } | ConvertTo-Json -Compress
    exit 1
}
