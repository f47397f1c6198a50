/** Runs in the browser before GraphiQL, whose editor reads it when it is loaded. Its workers are files beside it. */
export const EDITOR_SCRIPT = `(function () {
  'use strict';
  var base = new URL('.', document.currentScript.src).href;
  var workers = { json: 'json.worker.js', graphql: 'graphql.worker.js' };
  self.MonacoEnvironment = {
    // The editor is found as \`monaco\` by the script that starts GraphiQL.
    globalAPI: true,
    getWorkerUrl: function (_moduleId, label) {
      return base + (workers[label] || 'editor.worker.js');
    },
  };
})();
`;

/** Starts GraphiQL in the browser, as a file of its own because the page's Content-Security-Policy allows no inline scripts. */
export const BOOT_SCRIPT = `(function () {
  'use strict';
  // Long comments go on in the next line, in however narrow a window.
  monaco.editor.onDidCreateEditor(function (editor) {
    editor.updateOptions({ wordWrap: 'on' });
  });
  // What the page follows at once, the colours of its editors follow too, unless one was chosen in its settings.
  var dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', function () {
    if (!localStorage.getItem('graphiql:theme')) monaco.editor.setTheme(dark.matches ? 'graphiql-DARK' : 'graphiql-LIGHT');
  });

  // GraphiQL keeps what is typed in the browser's storage and in the address; secrets of a sign-in are taken out.
  var SECRET = /((?:secretAccessKey|tokenCode|webIdentityToken|sessionToken|operatorToken)[\\\\"]*\\s*:\\s*\\\\*")[^"\\\\]+/g;
  function withoutSecrets(text) {
    return text.replace(SECRET, '$1');
  }
  var storage = {
    getItem: localStorage.getItem.bind(localStorage),
    removeItem: localStorage.removeItem.bind(localStorage),
    setItem: function (key, value) {
      localStorage.setItem(key, withoutSecrets(value));
    },
    clear: function () {
      localStorage.clear();
    },
    get length() {
      return localStorage.length;
    },
  };
  function cleanAddress() {
    var url = new URL(location.href);
    var query = url.searchParams.get('query') || '';
    if (withoutSecrets(query) === query) return;
    url.searchParams.set('query', withoutSecrets(query));
    history.replaceState({}, '', url);
  }

  var options = JSON.parse(document.getElementById('options').textContent);
  options.storage = storage;
  options.onEditQuery = cleanAddress;
  // GraphiQL forgets the variables of the tab that it opens with, unless they are given as those of the page. Given
  // later, to tabs that it has kept, they would make a new tab at every visit.
  var isFirstVisit = localStorage.getItem('graphiql:tabState') === null;
  if (isFirstVisit && !new URLSearchParams(location.search).has('query')) {
    options.variables = options.defaultTabs[0].variables;
  }
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
})();
`;
