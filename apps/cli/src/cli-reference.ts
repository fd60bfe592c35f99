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
  "<!-- Generated from the command table in apps/cli/src/commands. `npx vitest run apps/cli -u` regenerates it. -->",
  "",
  "In a clone of this repository, `npx baton` runs the command line without a build. `baton <command> --help` prints what this page lists.",
  "",
  "- On a terminal, lists are tables, and a followed run is a table that is updated in place. In a pipe, lists are",
  "  tab-separated fields without a header, and a followed run prints one line per event.",
  "- `-o json` writes one JSON value to stdout and nothing else (`runs watch`: one line per event). The format is that of the",
  "  [REST API](rest-api.md). Errors are then one line of JSON on stderr.",
  "- Problems in files are shown with their position: `hello.yaml:8:13: error: …`.",
  "- Ctrl-C stops following a run; the run itself continues. `runs cancel` ends it.",
];

function commandSection(command: Command): readonly string[] {
  const usage = ["baton", command.path, ...Object.values(command.arguments).map((each) => each.usage)].join(" ");
  const parameters = [...Object.values(command.arguments), ...Object.values(command.options)];
  return [
    "",
    `## \`${usage}\``,
    "",
    `${command.description}.${command.details === undefined ? "" : ` ${command.details.replaceAll("\n", " ")}`}`,
    ...(parameters.length === 0 ? [] : ["", ...parameterTable(parameters)]),
    "",
    "```sh",
    ...command.examples.map((example) => `baton ${example}`),
    "```",
  ];
}

function parameterTable(parameters: readonly Pick<Parameter, "usage" | "description">[]): readonly string[] {
  return table(
    ["", "Description"],
    parameters.map(({ usage, description }) => [`\`${usage}\``, description]),
  );
}

function closing(): readonly string[] {
  return [
    "",
    "## Common options",
    "",
    ...parameterTable(commonOptions),
    "",
    "## Exit codes",
    "",
    ...table(
      ["Code", "Meaning"],
      Object.values(exitCodes).map(({ code, description }) => [String(code), description]),
    ),
    "",
    "## Environment",
    "",
    ...table(
      ["Variable", "Description"],
      Object.entries(environmentCatalog).map(([name, description]) => [`\`${name}\``, description]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
