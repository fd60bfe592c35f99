import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type Received, received, type UnknownWord } from "./received.js";

const Light = z.discriminatedUnion("status", [
  z.object({ status: z.literal("off"), reason: z.enum(["night", "fault"]) }),
  z.object({ status: z.enum(["on", "dimmed"]), watts: z.number(), at: z.string().nullable() }),
]);

describe("a view as a client reads it", () => {
  test("keeps unknown words as text at any depth", () => {
    const View = z.object({ lights: z.array(z.object({ color: z.enum(["red"]).optional() })).readonly() });
    const answer = { lights: [{ color: "mauve" }, {}] };
    expect(received(View).parse(answer)).toEqual(answer);
    expect(View.safeParse(answer).success).toBe(false);
  });

  test("has exactly the keys of its status when the status is known", () => {
    expect(received(Light).parse({ status: "off", reason: "budget", watts: 1 })).toEqual({
      status: "off",
      reason: "budget",
    });
    expect(received(Light).safeParse({ status: "on", at: null }).success).toBe(false);
  });

  test("keeps every key that some status has when its own status is unknown", () => {
    expect(received(Light).parse({ status: "strobe", watts: 7, mood: "wild" })).toEqual({ status: "strobe", watts: 7 });
    expect(received(Light).parse({ status: "strobe" })).toEqual({ status: "strobe" });
    const Open = z.object({ status: z.literal("open"), at: z.string() });
    const Shut = z.object({ status: z.literal("shut"), at: z.string().optional() });
    expect(received(z.discriminatedUnion("status", [Open, Shut])).parse({ status: "ajar" })).toEqual({
      status: "ajar",
    });
    expect(received(Light).safeParse({ status: "strobe", watts: "7" }).success).toBe(false);
    expect(received(Light).safeParse({ status: 7 }).success).toBe(false);
  });

  test("has a type that includes unknown words and narrows by known ones", () => {
    expectTypeOf<Received<"a" | "b">>().toEqualTypeOf<"a" | "b" | UnknownWord>();
    expectTypeOf<Received<{ readonly id: string; n: number | null }>>().toEqualTypeOf<{
      readonly id: string;
      n: number | null;
    }>();
    const light = received(Light).parse({ status: "on", watts: 7, at: null });
    if (light.status === "on") expectTypeOf(light.watts).toEqualTypeOf<number>();
    expect(light.status).toBe("on");
  });
});
