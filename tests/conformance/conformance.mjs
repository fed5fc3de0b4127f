// Holds our survey engine against those that the world uses: pyxform, which says what a workbook means, and the engine of
// ODK Web Forms, which fills in what pyxform has written. The same workbooks, the same steps, every node after each.
//
//     node conformance/conformance.mjs [--steps N] [--seeds N] [DIRECTORY…]
//
// Without a directory: the workbooks of ours in `forms/`. Every difference has a reason in `differences.json`, or fails;
// of ours, so does a reason that nothing needs any more.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { Peer } from "./peer.mjs";

const { values: asked, positionals: directories } = parseArgs({
  options: { steps: { type: "string", default: "40" }, seeds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const OURS = join(import.meta.dirname, "forms");
const PYTHON = need("GANDAN_PYXFORM");
const ENGINE = need("GANDAN_FORM");
const reasons = JSON.parse(readFileSync(join(import.meta.dirname, "differences.json"), "utf8"));
/** How often each reason was needed. */
const used = new Map();
const unknown = [];
let compared = 0;

const peer = await Peer.start();
const scratch = mkdtempSync(join(tmpdir(), "gandan-forms-"));
try {
  for (const directory of directories.length > 0 ? directories : [OURS]) await collection(directory);
} finally {
  await peer.stop();
  rmSync(scratch, { recursive: true });
}

for (const [{ reason }, count] of used) console.log(`${count} times: ${reason}`);
const idle = directories.length > 0 ? [] : reasons.filter((known) => !used.has(known));
for (const { reason } of idle) console.log(`nothing needs this reason any more: ${reason}`);
for (const line of unknown) console.log(line);
console.log(`${compared} nodes compared, ${unknown.length} differences without a reason`);
process.exitCode = unknown.length + idle.length > 0 ? 1 : 0;

async function collection(directory) {
  const out = join(scratch, basename(directory));
  mkdirSync(out, { recursive: true });
  const sources = readdirSync(directory).filter((name) => [".md", ".xlsx", ".xls"].includes(extname(name))).sort();
  execFileSync(PYTHON, [join(import.meta.dirname, "workbooks.py"), out, ...sources.map((name) => join(directory, name))], { stdio: ["ignore", "ignore", "inherit"] });
  for (const source of sources) {
    const name = basename(source, extname(source));
    await form(name, source.endsWith(".md") ? join(out, `${name}.xlsx`) : join(directory, source), join(out, name), join(directory, name));
  }
}

/** One workbook: taken by both or by neither; then steps by chance. `files` is a directory of attachments, where there is one. */
async function form(name, workbook, written, files) {
  const attachments = existsSync(files) ? Object.fromEntries(readdirSync(files).map((file) => [file, readFileSync(join(files, file), "utf8")])) : {};
  const about = { workbook, files: existsSync(files) ? files : null };
  const { refused } = ours({ ...about, steps: [] });
  const isTaken = existsSync(`${written}.xml`);
  if (refused || !isTaken) {
    const words = refused ?? readFileSync(`${written}.refused`, "utf8").split("\n", 1)[0];
    if (!refused || isTaken) differ(name, "", refused ? "refused" : "taken", words, "");
    return;
  }
  const xml = readFileSync(`${written}.xml`, "utf8");
  for (let seed = 1; seed <= Number(asked.seeds); seed += 1) {
    const theirs = await peer.wander(xml, attachments, seed, Number(asked.steps));
    if (theirs.error) {
      differ(name, "", "not opened", theirs.error, "");
      return;
    }
    const { states, error } = ours({ ...about, steps: theirs.steps });
    if (error) {
      differ(name, "", "broke", error, JSON.stringify(theirs.steps));
      return;
    }
    for (const [at, state] of theirs.states.entries()) {
      // One step that goes apart takes what follows with it: the first is the one to look at.
      if (compare(name, state, states[at] ?? {}, theirs.steps.slice(0, at))) break;
    }
  }
}

function ours(job) {
  const run = spawnSync(ENGINE, { input: JSON.stringify(job), encoding: "utf8", maxBuffer: 1 << 30 });
  if (run.status !== 0) return { error: run.stderr.trim().split("\n", 1)[0] || `exit ${run.status ?? run.signal}` };
  return JSON.parse(run.stdout);
}

/** Whether anything differs that has no reason. Forms may name their root, and ours has one name for all. */
function compare(name, named, ours, steps) {
  const theirs = Object.fromEntries(Object.entries(named).map(([reference, node]) => [reference.replace(/^\/[^/]+/, "/data"), node]));
  let apart = false;
  for (const reference of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [there, here] = [theirs[reference], ours[reference]];
    compared += 1;
    // What is not relevant need not be there.
    if (!there && here.relevant === false) continue;
    if (!there || !here) {
      apart = differ(name, reference, there ? "missing" : "more", "", JSON.stringify(steps.at(-1))) || apart;
      continue;
    }
    for (const what of Object.keys(here)) {
      const [is, was] = [JSON.stringify(tidy(here[what])), JSON.stringify(tidy(there[what]))];
      if (is !== was) apart = differ(name, reference, what, `${is}, peer ${was}`, JSON.stringify(steps.at(-1))) || apart;
    }
  }
  return apart;
}

/** Space around texts is the writer's of XML. */
function tidy(value) {
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim() || null;
  return Array.isArray(value) ? value.map(tidy) : (value ?? null);
}

/** Whether it has no reason. */
function differ(name, reference, what, is, step) {
  const known = reasons.find((known) =>
    known.what.includes(what) && (known.form === undefined || known.form === name) && (known.words === undefined || new RegExp(known.words, "u").test(`${reference} ${is}`)));
  if (known) {
    used.set(known, (used.get(known) ?? 0) + 1);
    return false;
  }
  unknown.push(`${name} ${reference} ${what}: ${is} after ${step}`);
  return true;
}

function need(name) {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set`);
  return path;
}
