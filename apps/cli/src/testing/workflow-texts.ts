/** A workflow without a problem. */
export const helloYaml = `apiVersion: baton/v1
name: hello
version: 1.0.0
input:
  type: object
  properties: { name: { type: string }, times: { type: integer } }
steps:
  greet:
    action: core.noop
    with: { greeting: "Hello, {{ input.name }}" }
  shout:
    action: core.noop
    with: { text: "{{ greet.result.greeting }}!" }
output: "{{ shout.result.text }}"
`;

/** Two problems, in lines 8 and 9. */
export const brokenYaml = `apiVersion: baton/v1
name: hello
version: 1.0.0
steps:
  greet:
    action: core.noop
    with: {}
    needs: [gret]
    color: red
`;
