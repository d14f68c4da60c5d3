// Puts the page together.
function theme() {
  const button = document.getElementById('theme');
  const dark = () => document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  const name = () => { button.textContent = dark() ? 'Light' : 'Dark'; };
  button.addEventListener('click', () => { document.documentElement.dataset.theme = dark() ? 'light' : 'dark'; name(); });
  name();
}

function contents() {
  const nav = document.getElementById('contents');
  const links = sections.map(([id, title]) => h('a', {href: '#' + id}, title));
  nav.append(...links);
  if (!('IntersectionObserver' in window)) return;
  const visible = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? visible.add(entry.target.id) : visible.delete(entry.target.id);
    const current = sections.findIndex(([id]) => visible.has(id));
    links.forEach((link, i) => { if (i === current) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current'); });
  }, {rootMargin: '-64px 0px -50% 0px'});
  for (const [id] of sections) observer.observe(document.getElementById(id));
}

const overviewPart = overview();
const matrixPart = matrix();
document.getElementById('main').append(...[overviewPart, baseline(), matrixPart.element, discovery(), confidence(), policy(matrixPart.calls),
  failures(), processes(), environment()].filter(Boolean));
sections.sort((a, b) => document.getElementById(a[0]).compareDocumentPosition(document.getElementById(b[0])) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
theme();
contents();
const followLink = () => { const link = /^#call=(.+)$/.exec(location.hash); if (link) { try { matrixPart.reveal(decodeURIComponent(link[1])); } catch (error) { /* a broken link shows nothing */ } } };
window.addEventListener('hashchange', followLink);
followLink();
