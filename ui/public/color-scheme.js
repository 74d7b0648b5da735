// Sets light or dark before the first paint, so that the page does not flash. Not a module: it must run before the styles apply.
(() => {
  let scheme = 'auto';
  try {
    scheme = localStorage.getItem('fermata-color-scheme') || 'auto';
  } catch {
    // Storage can be forbidden; then the system decides.
  }
  if (scheme !== 'light' && scheme !== 'dark')
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
