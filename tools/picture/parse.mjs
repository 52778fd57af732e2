// Reads a list of diagrams in JSON, and writes for each what Mermaid's own parser says against it: nothing, or its error.
// Mermaid washes labels with DOMPurify, which wants a browser: here it gets a text back as it was.
import { register } from "node:module";
import { pathToFileURL } from "node:url";

const washed = "data:text/javascript,export default {sanitize: (text) => text, addHook() {}, removeHook() {}}";
const resolve = `export async function resolve(name, context, next) {
  return name === "dompurify" ? { url: ${JSON.stringify(washed)}, shortCircuit: true } : next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(resolve)}`);
const { default: mermaid } = await import(pathToFileURL(`${process.cwd()}/node_modules/mermaid/dist/mermaid.core.mjs`));

let text = "";
for await (const piece of process.stdin) text += piece;
const found = [];
for (const diagram of JSON.parse(text)) {
  try {
    // What a diagram says of how it is to be drawn is said by whoever named what is in it.
    const { config } = await mermaid.parse(diagram);
    found.push(Object.keys(config).length ? `it sets ${JSON.stringify(config)}` : "");
  } catch (error) {
    found.push(String(error.message ?? error));
  }
}
process.stdout.write(JSON.stringify(found));
