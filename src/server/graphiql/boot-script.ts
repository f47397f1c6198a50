/**
 * Runs in the browser, as a file of its own because the page's Content-Security-Policy allows no inline scripts. Monaco's
 * workers are files beside it.
 */
export const BOOT_SCRIPT = `(function () {
  'use strict';
  var base = new URL('.', document.currentScript.src).href;
  var workers = { json: 'json.worker.js', graphql: 'graphql.worker.js' };
  self.MonacoEnvironment = {
    globalAPI: false,
    getWorkerUrl: function (_moduleId, label) {
      return base + (workers[label] || 'editor.worker.js');
    },
  };
  var options = JSON.parse(document.getElementById('options').textContent);
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
})();
`;
