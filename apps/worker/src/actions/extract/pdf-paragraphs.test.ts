import { describe, expect, test } from "vitest";
import { joinParagraphs, type PdfLine } from "./pdf-paragraphs.js";

/** A page of lines 12 apart; an empty one leaves a gap. */
function page(...texts: readonly string[]): readonly PdfLine[] {
  return texts.map((text, index) => ({ text, y: 700 - 12 * index, height: 10 })).filter((line) => line.text !== "");
}

describe("joinParagraphs", () => {
  test("joins the lines of a paragraph and keeps paragraphs apart", () => {
    expect(joinParagraphs([page("One is", "here.", "", "Two is", "there.")])).toBe("One is here.\n\nTwo is there.");
  });

  test("continues a sentence across the end of a page", () => {
    expect(joinParagraphs([page("It goes", "on"), page("to the end.", "Really.")])).toBe(
      "It goes on to the end. Really.",
    );
    expect(joinParagraphs([page("It ends", "here."), page("A new one."), page("Another.")])).toBe(
      "It ends here.\n\nA new one.\n\nAnother.",
    );
  });

  test("drops a hyphen at the end of a line only where the whole word occurs elsewhere", () => {
    expect(joinParagraphs([page("The trans-", "mitter and a trans-", "atlantic transmitter.")])).toBe(
      "The transmitter and a trans-atlantic transmitter.",
    );
  });

  test("sets lines of another size apart", () => {
    const [first, second] = page("A heading", "Its text.");
    expect(joinParagraphs([[{ ...(first ?? fail()), height: 16 }, second ?? fail()]])).toBe("A heading\n\nIts text.");
  });

  test("removes recurring headers and footers, wherever they are in the page's order", () => {
    const header = { text: "The report", y: 780, height: 9 };
    const pages = ["Alpha.", "Beta.", "Gamma."].map((text, index) => [
      { text, y: 400, height: 10 },
      header,
      { text: `Page ${index + 1} of 3`, y: 20, height: 9 },
    ]);
    expect(joinParagraphs(pages)).toBe("Alpha.\n\nBeta.\n\nGamma.");
  });

  test("drops bare numbers of pages", () => {
    expect(joinParagraphs([[...page("Alpha.", "Beta."), { text: "- 7 -", y: 20, height: 9 }]])).toBe("Alpha. Beta.");
  });
});

function fail(): never {
  throw new Error("the page has fewer lines than the test needs");
}
