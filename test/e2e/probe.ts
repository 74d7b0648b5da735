import { startApp } from './app.ts';
import { launchBrowser, openView } from './browser.ts';
import { makeSample } from './sample.ts';
const app = await startApp();
const s = await makeSample(app.url);
const b = await launchBrowser();
const args = process.argv.slice(2);
const opts = args.filter(a=>a.includes('=')&&!a.startsWith('/')).map(a=>a.split('='));
const o = Object.fromEntries(opts);
const paths = args.filter(a=>a.startsWith('/')).map(p=>p.replace(/:(\w+)/g,(_,k)=>s.executions[k]??s.webhooks[k]??k));
for (const scheme of (o.scheme??'light').split(',') as ('light'|'dark')[]) {
const v = await openView(b, app.url, {scheme, width: Number(o.w??1440), height: Number(o.h??900)});
let i=0;
for (const p of paths) { await v.page.goto(p); await v.page.waitForTimeout(1000); await v.page.screenshot({path:`/tmp/p-${scheme}-${i++}.png`, fullPage: o.full==='1'}); }
console.log(scheme, v.troubles);
await v.context.close();
}
await b.close(); await app.close(); process.exit(0);
