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
  // GraphiQL forgets the variables of the tab that it opens with, unless they are given as those of the page. Given
  // later, to tabs that it has kept, they would make a new tab at every visit.
  var isFirstVisit = localStorage.getItem('graphiql:tabState') === null;
  if (isFirstVisit && !new URLSearchParams(location.search).has('query')) {
    options.variables = options.defaultTabs[0].variables;
  }
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
})();
`;
