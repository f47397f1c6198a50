/** The bar above GraphiQL, filled in by bar-script.ts. */
export const BAR_HTML = `<header class="rolegate-bar" aria-label="Sign-in">
      <p id="who" role="status">…</p>
      <p id="by-header" hidden>the last request was made with an <code>Authorization</code> header instead</p>
      <button type="button" id="leave-role" hidden>Leave role</button>
      <button type="button" id="sign-out" hidden>Sign out</button>
      <button type="button" id="open-sign-in" hidden>Sign in</button>
    </header>
    <dialog id="sign-in" class="rolegate-dialog" aria-labelledby="sign-in-title">
      <form id="sign-in-form">
        <h1 id="sign-in-title">Sign in</h1>
        <fieldset>
          <legend>With</legend>
          <label><input type="radio" name="way" value="key" checked /> an access key</label>
          <label><input type="radio" name="way" value="sessionToken" /> a session token</label>
          <label><input type="radio" name="way" value="operatorToken" /> the operator’s token</label>
        </fieldset>
        <div id="sign-in-key">
          <label>Access key id <input name="accessKeyId" autocomplete="username" spellcheck="false" required autofocus /></label>
          <label>Secret access key <input name="secretAccessKey" type="password" autocomplete="current-password" required /></label>
          <details>
            <summary>MFA device</summary>
            <label>Serial number <input name="serialNumber" autocomplete="off" spellcheck="false" /></label>
            <label>Code <input name="tokenCode" autocomplete="one-time-code" inputmode="numeric" /></label>
          </details>
        </div>
        <div id="sign-in-token" hidden>
          <label>Token <input name="token" type="password" autocomplete="off" disabled required /></label>
        </div>
        <p id="sign-in-failure" role="alert"></p>
        <button type="submit">Sign in</button>
        <button type="button" id="cancel-sign-in">Cancel</button>
      </form>
    </dialog>`;

/** Added to GraphiQL's own style sheet, which gives the container the whole window. */
export const BAR_STYLE = `
body { display: flex; flex-direction: column; height: 100vh; padding: 0; }
#root { flex: 1; min-height: 0; }
#root .graphiql-container { height: 100%; width: 100%; }
.rolegate-bar, .rolegate-dialog { font: 14px/1.5 system-ui, sans-serif; }
.rolegate-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; padding: 6px 16px; background: #1f3a5f; color: #fff; }
.rolegate-bar p { margin: 0; overflow-wrap: anywhere; }
.rolegate-bar #who { margin-right: auto; }
.rolegate-bar #by-header { color: #ffd591; }
.rolegate-bar button, .rolegate-dialog button { font: inherit; padding: 2px 12px; border: 1px solid currentcolor; border-radius: 4px; background: none; color: inherit; cursor: pointer; }
.rolegate-bar button:hover, .rolegate-dialog button:hover { text-decoration: underline; }
.rolegate-bar button:focus-visible, .rolegate-dialog :focus-visible { outline: 2px solid #f5a623; outline-offset: 2px; }
.rolegate-bar [hidden] { display: none; }
.rolegate-dialog { width: min(420px, 90vw); padding: 20px; border: 1px solid #5d6b7e; border-radius: 8px; background: #fff; color: #1b1f24; }
.rolegate-dialog::backdrop { background: rgb(0 0 0 / 50%); }
.rolegate-dialog h1 { margin: 0 0 12px; font-size: 18px; }
.rolegate-dialog label { display: block; margin-bottom: 12px; }
.rolegate-dialog fieldset { display: flex; flex-wrap: wrap; gap: 0 16px; margin: 0 0 12px; padding: 0; border: 0; }
.rolegate-dialog legend { position: absolute; clip-path: inset(50%); }
.rolegate-dialog fieldset label { margin: 0; }
.rolegate-dialog input:not([type='radio']) { display: block; width: 100%; box-sizing: border-box; padding: 6px; font: inherit; border: 1px solid #5d6b7e; border-radius: 4px; background: #fff; color: inherit; }
.rolegate-dialog details { margin-bottom: 12px; }
.rolegate-dialog summary { margin-bottom: 8px; cursor: pointer; }
#sign-in-failure { margin: 0 0 12px; color: #a8071a; }
#sign-in-failure:empty { display: none; }
`;
