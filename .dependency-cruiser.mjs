// Who may import whom. `test/architecture/imports.test.ts` runs these rules over the tree, and over planted
// violations, so that every rule is known to fire. Whoever adds a rule plants a violation of it there.

/** Matches a package whether it is installed (a path into node_modules) or not (the bare name). */
const packages = (...names) => `(^|(^|/)node_modules/)(@types/)?(${names.join('|')})(/|$)`;

const entryPoints = '^(cli|functions|local)/';
const production = '^(cli|functions|infra|shared)/';
const anyPackage = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    // The rooms of shared/, from the inside out.
    {
      name: 'domain-imports-nothing',
      comment:
        'Rules take plain data and give plain data. Pass in what you need as an argument; if it has an effect, put it behind a port and call it from a use case.',
      severity: 'error',
      from: { path: '^shared/domain/' },
      to: { pathNot: '^shared/domain/' },
    },
    {
      name: 'ports-speak-domain-words',
      comment:
        'A port says what the use cases need, in types of the domain. Move a type that both sides need into shared/domain; leave the technology to the adapter.',
      severity: 'error',
      from: { path: '^shared/ports/' },
      to: { pathNot: '^shared/(domain|ports)/' },
    },
    {
      name: 'usecases-reach-out-through-ports',
      comment:
        'A use case orders rules and ports and knows no technology, no wire format, no page. Add a port, implement it in an adapter, and wire the two in the entry point.',
      severity: 'error',
      from: { path: '^shared/usecases/' },
      to: { pathNot: '^shared/(domain|ports|usecases)/' },
    },
    {
      name: 'contracts-import-domain-zod-yaml',
      comment:
        'A contract is a schema and its translation to domain types. Do the reading, writing and compressing in the adapter that uses it.',
      severity: 'error',
      from: { path: '^shared/contracts/', pathNot: '^shared/contracts/state-file' },
      to: { pathNot: ['^shared/(domain|contracts)/', packages('zod', 'yaml')] },
    },
    {
      name: 'state-file-packs-itself',
      comment:
        'The stored state is the one contract whose wire format is bytes: MessagePack and zstd are what the format is, for files and for S3 alike, so packing is part of the translation. Nothing else comes in; reading and writing the bytes belongs to an adapter.',
      severity: 'error',
      from: { path: '^shared/contracts/state-file' },
      to: { pathNot: ['^shared/(domain|contracts)/', packages('zod', 'msgpackr'), '^(node:)?zlib$'] },
    },
    {
      name: 'views-import-domain-only',
      comment:
        'A view turns findings into text and nothing else (string-width tells how wide that text is). Give it what it shows as an argument; send the result from an adapter.',
      severity: 'error',
      from: { path: '^shared/views/' },
      to: { pathNot: ['^shared/(domain|views)/', '(^|/)node_modules/string-width/'] },
    },
    {
      name: 'adapters-import-domain-ports-contracts',
      comment:
        'An adapter implements a port. The order of things belongs to a use case, text to a view; let the entry point hand the result over.',
      severity: 'error',
      from: { path: '^shared/adapters/' },
      to: { path: '^shared/', pathNot: '^shared/(domain|ports|contracts|adapters)/' },
    },
    {
      name: 'adapters-keep-to-their-own-folder',
      comment:
        'One technology a folder. Put what two adapters share into the domain or into a contract, or join them in the entry point.',
      severity: 'error',
      from: { path: '^shared/adapters/([^/]+)(/|$)' },
      to: { path: '^shared/adapters/', pathNot: '^shared/adapters/$1(/|$)' },
    },
    {
      name: 'adapters-import-only-sdks',
      comment:
        'An adapter needs the SDK of its technology and Node. If a new technology needs a new package, add it to this rule and say in the commit why it is worth its weight.',
      severity: 'error',
      from: { path: '^shared/adapters/' },
      to: {
        dependencyTypes: anyPackage,
        pathNot: packages('kafkajs', '@aws-sdk/[^/]+', '@smithy/[^/]+', 'msgpackr'),
      },
    },
    {
      name: 'shared-knows-no-entry-point',
      comment:
        'Entry points import shared, never the other way. Move what shared needs into shared, or pass it in.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(cli|functions|local|infra|test|bench)/' },
    },

    // Entry points and what deploys them.
    {
      name: 'cli-stands-alone',
      comment:
        'The command must not drag in the laptop cloud, the functions or the stack. Move what they share into shared.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(functions|local|infra)/' },
    },
    {
      name: 'functions-stand-alone',
      comment: 'A function is deployed by itself. Move what it shares with another entry point into shared.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(cli|local|infra)/' },
    },
    {
      name: 'functions-keep-to-their-own-folder',
      comment:
        'A function imports its own folder, functions/pipeline.ts and shared. Move what two functions share into shared, or into the pipeline if all need it.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: '^functions/($1/|pipeline\\.ts$)' },
    },
    {
      name: 'pipeline-knows-no-function',
      comment: 'The pipeline is the same for every function. Pass in what differs.',
      severity: 'error',
      from: { path: '^functions/[^/]+$' },
      to: { path: '^functions/[^/]+/' },
    },
    {
      name: 'infra-imports-contracts-cost-metrics-env',
      comment:
        'The stack needs the configuration, the cost model, the metric catalogue and the environment schemas of the functions. Anything else belongs behind one of these.',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(shared|functions|cli|local)/',
        pathNot: ['^shared/contracts/', '^shared/domain/(cost|prices|metrics)', '^functions/[^/]+/env\\.ts$'],
      },
    },
    {
      name: 'nothing-imports-infra',
      comment:
        'The stack is the last thing built. Move what you need into shared/contracts or shared/domain.',
      severity: 'error',
      from: { path: '^(local|bench)/' },
      to: { path: '^infra/' },
    },

    // Packages.
    {
      name: 'kafkajs-only-in-the-kafka-adapter',
      comment:
        'Speak to brokers through shared/adapters/kafka. (The demo’s workloads stand for customers’ own applications and may use it.)',
      severity: 'error',
      from: {
        path: ['^shared/', '^infra/', entryPoints],
        pathNot: ['^shared/adapters/kafka/', '^local/workloads'],
      },
      to: { path: packages('kafkajs') },
    },
    {
      name: 'kafkajs-by-deep-import',
      comment:
        'Import the one module by its full path (kafkajs/src/broker/index.js): the main entry brings clients that this project does not use, and their start-up time.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: 'node_modules/kafkajs/index\\.js$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'aws-sdk-only-in-adapters',
      comment: 'Call AWS from an adapter behind a port: tests and the laptop cloud then need no account.',
      severity: 'error',
      from: { path: ['^shared/', '^infra/', entryPoints], pathNot: '^shared/adapters/' },
      to: { path: packages('@aws-sdk/[^/]+', '@smithy/[^/]+') },
    },
    {
      name: 'middy-and-powertools-only-in-functions',
      comment:
        'Logging, deadlines and fault mapping of Lambda belong to functions/pipeline.ts. Return what is worth saying, and let the entry point log it.',
      severity: 'error',
      from: { path: ['^shared/', '^infra/', '^cli/', '^local/'] },
      to: { path: packages('@middy/[^/]+', '@aws-lambda-powertools/[^/]+') },
    },
    {
      name: 'cdk-only-in-infra',
      comment: 'Only the stack speaks CDK. Give infra plain data to build from.',
      severity: 'error',
      from: { path: ['^shared/', entryPoints] },
      to: { path: packages('aws-cdk-lib', 'constructs', 'cdk-nag', 'aws-cdk') },
    },
    {
      name: 'commander-only-in-commands',
      comment: 'Arguments are parsed at the edge, in cli and local. Pass the parsed values on.',
      severity: 'error',
      from: { path: ['^shared/', '^infra/', '^functions/'] },
      to: { path: packages('commander') },
    },

    // What could do harm.
    {
      name: 'offset-writer-only-from-the-reset-path',
      comment:
        'Whatever can move offsets is reached only by a guarded reset. Go through usecases/execute-reset or usecases/undo-reset; do not import the writer.',
      severity: 'error',
      from: {
        path: ['^shared/', '^infra/', entryPoints],
        pathNot: [
          '^shared/usecases/[^/]*reset[^/]*\\.ts$',
          '^functions/write-offsets/',
          '^cli/commands/reset',
          '^shared/adapters/[^/]+/offset-writer\\.ts$',
        ],
      },
      to: { path: '^shared/(ports|adapters/kafka)/offset-writer\\.ts$' },
    },
    {
      name: 'offset-commit-only-from-the-offset-writer',
      comment:
        'The request that moves offsets has one sender, adapters/kafka/offset-writer.ts, so that one review covers it.',
      severity: 'error',
      from: {
        path: production,
        pathNot: '^shared/adapters/kafka/(offset-writer|messages/offset-commit)\\.ts$',
      },
      to: { path: '^shared/adapters/kafka/messages/offset-commit\\.ts$' },
    },
    {
      name: 'production-imports-no-test',
      comment: 'What ships does not lean on tests or benchmarks. Move the shared part into shared or local.',
      severity: 'error',
      from: { path: ['^cli/', '^functions/', '^infra/', '^local/'] },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'production-imports-no-dev-tool',
      comment:
        'What ships is bundled whole: a tool imported here ends up in the bundle. Keep tools to local, test and bench.',
      severity: 'error',
      from: { path: production },
      to: {
        path: packages(
          'vitest',
          '@vitest/[^/]+',
          'fast-check',
          'esbuild',
          'typescript',
          'knip',
          'oxlint',
          'dependency-cruiser',
          '@biomejs/[^/]+',
          '@swc/[^/]+',
          '@stryker-mutator/[^/]+',
          'playwright-core',
        ),
      },
    },

    // The whole tree.
    {
      name: 'no-cycles',
      comment:
        'Data flows one way. Move what both files need into a third that neither imports back, types included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment:
        'The import leads nowhere. Correct the path (it ends in .ts), or add the package with npm install --save-dev and run npm run lock:complete.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-barrels',
      comment:
        'A file that only re-exports hides who uses what and loads what nobody needs. Import the file that holds the thing, by its own name.',
      severity: 'error',
      from: { path: '(^|/)index\\.ts$', pathNot: 'node_modules/' },
      to: {},
    },
  ],
  options: {
    // The only parser here: TypeScript 7 has no API, and without swc the tool sees no module and reports no fault.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
