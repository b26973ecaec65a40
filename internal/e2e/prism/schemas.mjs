// Compiles every schema of a document as Prism does, and prints what does not compile:
// Prism takes such a schema for one that everything conforms to, and says nothing.
//
//   node prism/schemas.mjs DOCUMENT
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv').default;
const formats = require('ajv-formats').default;
const { getHttpOperationsFromSpec } = require('@stoplight/prism-cli/dist/operations');

let compiled = 0;
let failed = 0;

function compile(where, schema, bundle) {
  if (!schema) return;
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, allowMatchingProperties: true, strict: false, logger: false });
  formats(ajv);
  try {
    ajv.compile({ ...schema, __bundled__: bundle });
    compiled++;
  } catch (err) {
    failed++;
    console.log(`${where}: ${err.message}`);
  }
}

for (const operation of await getHttpOperationsFromSpec(process.argv[2])) {
  const name = `${operation.method} ${operation.path}`;
  const request = operation.request ?? {};
  for (const part of ['query', 'headers', 'path']) {
    for (const parameter of request[part] ?? []) {
      compile(`${name}, ${part} ${parameter.name}`, parameter.schema, operation.__bundled__);
    }
  }
  for (const content of request.body?.contents ?? []) {
    compile(`${name}, body`, content.schema, operation.__bundled__);
  }
  for (const answer of operation.responses) {
    for (const content of answer.contents ?? []) {
      compile(`${name}, ${answer.code}`, content.schema, operation.__bundled__);
    }
  }
}
console.log(`${compiled} schemas compile, ${failed} do not`);
process.exit(failed ? 1 : 0);
