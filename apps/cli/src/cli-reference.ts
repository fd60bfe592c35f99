import type { Command, Parameter } from "./command.js";
import { commonOptions } from "./command-line.js";
import { commands } from "./commands/table.js";
import { environmentCatalog } from "./config.js";
import { exitCodes } from "./exit-codes.js";

/** `docs/reference/cli.md`, made of what the program itself reads; a test holds the file to it. */
export function cliReference(): string {
  return `${[...opening, ...commands.flatMap(commandSection), ...closing()].join("\n")}\n`;
}

const opening = [
  "# The command line",
  "",
  "<!-- Made of the table of commands in apps/cli/src/commands: `npx vitest run apps/cli -u` writes it anew. -->",
  "",
  "`npx baton` runs it in this repository; nothing needs to be built. `baton <command> --help` tells the same as this page.",
  "",
  "- On a terminal, lists are tables and a run is a table that is drawn in place. In a pipe, lists are fields between tabs",
  "  without a head, and a run is one line an event.",
  "- `-o json` writes one JSON value on stdout and nothing else (`runs watch`: one line an event). The shapes are those of the",
  "  [REST API](rest-api.md). Errors are one line of JSON on stderr then.",
  "- Mistakes in files are shown in their line: `hello.yaml:8:13: error: …`.",
  "- Ctrl-C while a run is followed leaves the run, which goes on; `runs cancel` ends it.",
];

function commandSection(command: Command): readonly string[] {
  const usage = ["baton", command.path, ...Object.values(command.arguments).map((each) => each.usage)].join(" ");
  const parameters = [...Object.values(command.arguments), ...Object.values(command.options)];
  return [
    "",
    `## \`${usage}\``,
    "",
    `${command.says}.${command.more === undefined ? "" : ` ${command.more.replaceAll("\n", " ")}`}`,
    ...(parameters.length === 0 ? [] : ["", ...parameterTable(parameters)]),
    "",
    "```sh",
    ...command.examples.map((example) => `baton ${example}`),
    "```",
  ];
}

function parameterTable(parameters: readonly Pick<Parameter, "usage" | "says">[]): readonly string[] {
  return table(
    ["", "What it says"],
    parameters.map(({ usage, says }) => [`\`${usage}\``, says]),
  );
}

function closing(): readonly string[] {
  return [
    "",
    "## Options of every command",
    "",
    ...parameterTable(commonOptions),
    "",
    "## Exit codes",
    "",
    ...table(
      ["Code", "When"],
      Object.values(exitCodes).map(({ code, says }) => [String(code), says]),
    ),
    "",
    "## Environment",
    "",
    ...table(
      ["Variable", "What it decides"],
      Object.entries(environmentCatalog).map(([name, says]) => [`\`${name}\``, says]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
