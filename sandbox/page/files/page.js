// The page of the sandbox: looks at /sandbox/overview once a second and shows it.

const TOTALS = [
  ['requests', 'requests'],
  ['messages', 'messages'],
  ['accepted', 'accepted'],
  ['refused', 'refused'],
  ['open', 'in flight'],
  ['twice', 'twice'],
  ['replies', 'replies'],
  ['looks', 'looks'],
];
const byId = (id) => document.getElementById(id);

/** An element with a class and text; texts of the sandbox are never markup. */
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function showTotals({ totals }) {
  byId('totals').replaceChildren(
    ...TOTALS.map(([name, label]) => {
      const group = element('div');
      const value = element(
        'dd',
        name === 'twice' && totals.twice > 0 ? 'bad' : '',
        totals[name].toLocaleString('en'),
      );
      value.dataset.total = name;
      group.append(element('dt', '', label), value);
      return group;
    }),
  );
}

function showProgress({ now, firstAt, lastAt, totals, seconds }) {
  const expected = Number(byId('expected').value);
  const progress = byId('progress');
  progress.max = expected || 1;
  progress.value = expected ? Math.min(totals.messages, expected) : 0;
  if (firstAt === undefined) {
    byId('pace').textContent = '';
    return;
  }
  const isQuiet = now - lastAt > 3000 && totals.open === 0;
  const whole = seconds.slice(-6, -1);
  const pace = whole.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0) / whole.length;
  const took = ((lastAt - firstAt) / 1000).toFixed(1);
  byId('pace').textContent = isQuiet
    ? `quiet; ${took} s from the first to the last request`
    : `${pace.toFixed(1)} a second`;
}

function showChart({ seconds }) {
  const most = Math.max(10, ...seconds.map(({ accepted, refused }) => accepted + refused));
  const height = (count) => (80 * count) / most;
  const bar = (kind, index, bottom, count) => {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    rect.setAttribute('class', kind);
    rect.setAttribute('x', String(index * 10 + 1));
    rect.setAttribute('width', '8');
    rect.setAttribute('y', String(90 - bottom - height(count)));
    rect.setAttribute('height', String(height(count)));
    return rect;
  };
  byId('chart').replaceChildren(
    ...seconds.flatMap(({ accepted, refused }, index) => [
      bar('accepted', index, 0, accepted),
      bar('refused', index, height(accepted), refused),
    ]),
  );
}

function showList(id, texts) {
  byId(id).hidden = texts.length === 0;
  byId(id)
    .querySelector('ul')
    .replaceChildren(...texts.map((text) => element('li', '', text)));
}

function showConversations({ conversations }) {
  byId('conversations').replaceChildren(
    ...conversations.map(({ id, looks, lines }) => {
      const article = element('article');
      const looked = looks === 0 ? '' : ` · ${looks} ${looks === 1 ? 'look' : 'looks'}`;
      article.append(element('h3', '', id + looked));
      for (const { fate, text, detail } of lines) {
        const row = element('div', `row ${fate ?? 'reply'}`);
        const what = element('span', '', text);
        if (detail !== undefined && detail !== '200') what.append(element('span', 'detail', `  (${detail})`));
        row.append(element('span', 'fate', fate ?? 'reply'), what);
        article.append(row);
      }
      return article;
    }),
  );
  if (conversations.length === 0) byId('conversations').textContent = 'Nothing has come yet.';
}

const isOutage = (fault) =>
  fault.operation === undefined && fault.conversationId === undefined && fault.times === undefined;

function show(overview) {
  const { faults, alerts } = overview;
  showTotals(overview);
  showProgress(overview);
  showChart(overview);
  showList(
    'faults',
    faults.map(({ fault, status, times, conversationId, operation }) =>
      [
        status ?? fault,
        operation,
        conversationId,
        times === undefined ? 'until all is well' : `the next ${times}`,
      ]
        .filter((word) => word !== undefined)
        .join(', '),
    ),
  );
  showList(
    'alerts',
    alerts.map((alert) => (typeof alert?.text === 'string' ? alert.text : JSON.stringify(alert))),
  );
  showConversations(overview);
  const hasOutage = faults.some(isOutage);
  byId('outage').setAttribute('aria-pressed', String(hasOutage));
  byId('outage').textContent = hasOutage ? 'End outage' : 'Start outage';
}

async function look() {
  try {
    show(await (await fetch('/sandbox/overview')).json());
    byId('state').textContent = 'live';
  } catch {
    byId('state').textContent = 'The sandbox does not answer.';
  }
}

async function send(method, path, body) {
  await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  await look();
}

byId('set').onclick = () =>
  send('POST', '/sandbox/faults', {
    ...JSON.parse(byId('fault').value),
    times: Number(byId('times').value) || 1,
  });
byId('outage').onclick = () =>
  byId('outage').getAttribute('aria-pressed') === 'true'
    ? send('DELETE', '/sandbox/faults')
    : send('POST', '/sandbox/faults', { fault: 'status', status: 503 });
byId('well').onclick = () => send('DELETE', '/sandbox/faults');
byId('clear').onclick = () => send('DELETE', '/sandbox/ledger');

for (;;) {
  if (!document.hidden) await look();
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
