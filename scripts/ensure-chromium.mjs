import { Stop } from "./processes.mjs";
import { findCommand, installPackage } from "./system-packages.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The path of a Chromium for the tests that open pages; installs one where it may. */
export function ensureChromium() {
  const given = process.env["BATON_CHROMIUM"] ?? findCommand(names);
  if (given !== undefined) return given;
  console.log("The browser tests need Chromium, and it is not on PATH.");
  installPackage({ "apt-get": ["chromium"], dnf: ["chromium"], apk: ["chromium"] });
  const installed = findCommand(names);
  if (installed !== undefined) return installed;
  throw new Stop(
    "Chromium could not be installed. Run `sudo apt-get install chromium`, or set BATON_CHROMIUM to its path.",
  );
}
