import { BAR_DOCUMENTS } from './documents.ts';

const VARIABLES = Object.entries(BAR_DOCUMENTS)
  .map(([name, text]) => `  var ${name} = ${JSON.stringify(text)};`)
  .join('\n');

/**
 * Runs in the browser, before GraphiQL: the bar above it shows who is signed in and in which role, and lets people sign in,
 * sign out and leave the role. It asks the gateway again after every operation that GraphiQL sends, because any of them may
 * have changed this.
 */
export const BAR_SCRIPT = `(function () {
  'use strict';
  var endpoint = new URL('/graphql', location.href).href;
  var send = window.fetch.bind(window);
  var byId = function (id) {
    return document.getElementById(id);
  };

  /** Answers the data of an operation; rejects with a sentence. */
  async function ask(query, variables) {
    var response = await send(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ query: query, variables: variables }),
    });
    var answer = await response.json();
    if (answer.errors) throw new Error(answer.errors[0].message);
    return answer.data;
  }

  /** What one mutation has answered; rejects with its refusal. */
  function succeeded(result) {
    if (result.message) throw new Error(result.message);
    return result;
  }

${VARIABLES}

  function show(parts, buttons) {
    var nodes = parts.map(function (part) {
      if (!part.name) return part;
      var name = document.createElement('strong');
      name.textContent = part.name;
      return name;
    });
    byId('who').replaceChildren.apply(byId('who'), nodes);
    ['open-sign-in', 'leave-role', 'sign-out'].forEach(function (id) {
      byId(id).hidden = !buttons.includes(id);
    });
  }

  function showViewer(viewer) {
    if (viewer === null) {
      show(['Nobody is signed in'], ['open-sign-in']);
      return;
    }
    var session = viewer.roleSession;
    var own = session === null ? viewer.principal : viewer.restoresTo;
    var name = viewer.kind === 'OPERATOR' ? 'the operator' : own === null ? null : own.principalId;
    var parts = name === null ? ['Signed in'] : ['Signed in as ', { name: name }];
    if (session !== null) {
      var until = new Date(session.expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
      parts.push(', in role ', { name: session.role ? session.role.arn : viewer.principal.principalId }, ' until ' + until);
    }
    show(parts, session === null ? ['sign-out'] : ['leave-role', 'sign-out']);
  }

  var asked = 0;
  async function refresh() {
    var mine = ++asked;
    try {
      var data = await ask(WHO);
      // An answer that a later one has overtaken is out of date.
      if (mine === asked) showViewer(data.viewer);
    } catch (error) {
      if (mine === asked) show(['Who is signed in is not known: ' + error.message], ['open-sign-in', 'sign-out']);
    }
  }

  async function act(button, mutation, field) {
    button.disabled = true;
    try {
      succeeded((await ask(mutation))[field]);
      await refresh();
    } catch (error) {
      show([error.message], ['open-sign-in', 'leave-role', 'sign-out']);
    } finally {
      button.disabled = false;
    }
  }

  function hasAuthorization(headers) {
    try {
      return (new Headers(headers).get('authorization') || '') !== '';
    } catch (_) {
      return false;
    }
  }

  // GraphiQL looks up fetch for every request.
  window.fetch = function (input, init) {
    var sent = send(input, init);
    var body = init && typeof init.body === 'string' ? init.body : '';
    if (body !== '' && !body.includes('__schema')) {
      byId('by-header').hidden = !hasAuthorization(init.headers);
      sent.then(refresh, refresh);
    }
    return sent;
  };

  var dialog = byId('sign-in');
  var form = byId('sign-in-form');
  var failure = byId('sign-in-failure');

  // A key and a token have fields of their own; those that are not shown are not asked for.
  function chooseWay() {
    var isKey = form.elements.way.value === 'key';
    byId('sign-in-key').hidden = !isKey;
    byId('sign-in-token').hidden = isKey;
    ['accessKeyId', 'secretAccessKey', 'serialNumber', 'tokenCode'].forEach(function (name) {
      form.elements[name].disabled = !isKey;
    });
    form.elements.token.disabled = isKey;
  }
  form.addEventListener('change', chooseWay);

  /** The secrets of the way that is chosen. */
  function given() {
    var fields = new FormData(form);
    var way = fields.get('way');
    var input = {};
    if (way !== 'key') {
      input[way] = fields.get('token').trim();
      return input;
    }
    ['accessKeyId', 'secretAccessKey', 'serialNumber', 'tokenCode'].forEach(function (name) {
      var text = fields.get(name).trim();
      if (text !== '') input[name] = text;
    });
    return input;
  }

  byId('open-sign-in').addEventListener('click', function () {
    failure.textContent = '';
    dialog.showModal();
  });
  byId('cancel-sign-in').addEventListener('click', function () {
    dialog.close();
  });
  dialog.addEventListener('close', function () {
    // The typed secret stays in the page no longer than needed.
    form.reset();
    chooseWay();
  });
  form.addEventListener('submit', async function (event) {
    event.preventDefault();
    failure.textContent = '';
    try {
      succeeded((await ask(SIGN_IN, { input: given() })).signIn);
      dialog.close();
      await refresh();
    } catch (error) {
      failure.textContent = error.message;
    }
  });
  byId('leave-role').addEventListener('click', function (event) {
    void act(event.currentTarget, EXIT_ROLE, 'exitRole');
  });
  byId('sign-out').addEventListener('click', function (event) {
    void act(event.currentTarget, SIGN_OUT, 'signOut');
  });
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState === 'visible') void refresh();
  });
  void refresh();
})();
`;
