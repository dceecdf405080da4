// Runs in the browser. Each ready tab has its own identity; tokens stay in this browser window and go nowhere else.
/* global document, sessionStorage, window */
'use strict';

const tabs = JSON.parse(document.getElementById('tabs').textContent);
const identity = document.getElementById('identity');
const token = document.getElementById('token');
const language = document.getElementById('language');
const stored = (name) => sessionStorage.getItem(`atrium:token:${name}`);

for (const name of [...tabs.map((tab) => tab.identity), 'other']) {
  identity.append(new window.Option(name, name));
}
for (const tab of tabs) {
  if (tab.token && !stored(tab.identity)) sessionStorage.setItem(`atrium:token:${tab.identity}`, tab.token);
}

function become(name) {
  identity.value = name;
  token.value = stored(name) ?? '';
}

function identityOf(operationName) {
  return tabs.find((tab) => tab.operations.includes(operationName))?.identity;
}

identity.addEventListener('change', () => become(identity.value));
token.addEventListener('input', () => {
  sessionStorage.setItem(`atrium:token:${identity.value}`, token.value.trim().replace(/^Bearer\s+/i, ''));
});
document.getElementById('who').addEventListener('submit', (event) => event.preventDefault());
become(tabs[0].identity);

async function fetcher(params, options) {
  const known = identityOf(params.operationName);
  if (known !== undefined && known !== identity.value) become(known);
  const headers = { 'content-type': 'application/json', 'accept-language': language.value };
  if (token.value !== '') headers.authorization = `Bearer ${token.value.trim()}`;
  const { operationName } = params;
  const streamed = options?.documentAST?.definitions.some(
    ({ operation, name }) => operation === 'subscription' && (!operationName || name?.value === operationName),
  );
  if (streamed) headers.accept = 'text/event-stream';
  const response = await window.fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, ...options?.headers },
    body: JSON.stringify(params),
  });
  return streamed && response.ok ? answersIn(response) : response.json();
}

async function* answersIn(response) {
  const reader = response.body.pipeThrough(new window.TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (text + part.value).split('\n\n');
      text = events.pop();
      for (const event of events) {
        if (event.startsWith('event: complete')) return;
        if (event.startsWith('event: next')) yield JSON.parse(event.slice(event.indexOf('data: ') + 6));
      }
    }
  } finally {
    await reader.cancel();
  }
}

const asText = (variables) => (Object.keys(variables).length === 0 ? '' : JSON.stringify(variables, null, 2));

window.ReactDOM.createRoot(document.getElementById('graphiql')).render(
  window.React.createElement(window.GraphiQL, {
    fetcher,
    defaultTabs: tabs.map(({ query, variables }) => ({ query, variables: asText(variables) })),
    defaultEditorToolsVisibility: 'variables',
    onTabChange: ({ tabs: open, activeTabIndex }) => {
      const name = identityOf(open[activeTabIndex]?.operationName);
      if (name !== undefined) become(name);
    },
  }),
);
