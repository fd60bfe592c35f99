--[[
  Accepts a run: idempotency, definition, indexes, timers, BullMQ's parent job, the root steps as its children, events.
  KEYS: run
  ARGV: command (msgpack: id, queues, definition, format, adhoc, fields, indexes, input, roots, left, maxParallel, priority,
    timeoutMs, delay, idempotency, body, actor, data)
  Replies: {'started', run id}  {'replayed', run id}  {'conflict', run id}  {'missing_definition'}
  Events: run_started, or run_scheduled when there is a delay
]]
--@include run queue-step keep-text
--@bullmq add-parent

local command = cmsgpack.unpack(ARGV[1])
local key, id, at = KEYS[1], command.id, now()
local cell = string.match(key, '^([^:]*)')
if command.idempotency then
  local known = call('HMGET', command.idempotency, IDEMPOTENCY.run, IDEMPOTENCY.body)
  if known[1] then return { known[1] == id and 'started' or known[2] == command.body and 'replayed' or 'conflict', known[1] } end
end
if call('EXISTS', key) == 1 then return { 'started', id } end -- I7: a second call changes nothing
if call('EXISTS', cell .. CELL.definition .. command.definition) == 0 then return { 'missing_definition' } end

local delay = command.delay or 0
local status = command.delay and RUN_STATUS.initializing or RUN_STATUS.running
local time = string.format('%.0f', at)
local deadline = string.format('%.0f', at + delay + command.timeoutMs)
call('HSET', key .. KEY.out, OUT.input, keep_text(key, OUT.input, command.input))
if command.idempotency then call('HSET', command.idempotency, IDEMPOTENCY.run, id, IDEMPOTENCY.body, command.body) end
if command.adhoc then call('HINCRBY', cell .. CELL.adHocDefinitions, command.definition, 1) end
for _, index in ipairs(command.indexes) do call('ZADD', index, time, id) end
call('ZADD', cell .. CELL.runsOfStatus .. status, time, id)
call('ZADD', cell .. CELL.open, time, id)
call('ZADD', cell .. CELL.timers, deadline, TIMER.deadline .. ':' .. id)

add_parent(command.queues, id, 'run', '{"run":"' .. id .. '","definition":"' .. command.definition .. '","format":'
  .. command.format .. '}', command.priority, time)
-- The new run in hand, as open_run would give it: its hash is written once, at the end.
local run = { key = key, id = id, cell = cell, at = at, time = time, seq = 0, busy = 0, left = command.left,
  max = command.maxParallel, generations = 0, progress = at, fields = command.fields, records = {}, results = {} }
put_field(run, RUN.status, status)
put_field(run, RUN.createdAt, time)
put_field(run, RUN.deadlineAt, deadline)
put_field(run, RUN.progressAt, time)
put_field(run, RUN.definition, command.definition)
if not command.delay then put_field(run, RUN.startedAt, time) end
append_event(run, command.delay and 'run_scheduled' or 'run_started', { actor = command.actor, data = command.data })
for i, root in ipairs(command.roots) do
  local entry = { instance = root.instance, queue = root.route.queue, priority = root.route.priority, name = root.route.name,
    role = root.route.role, data = root.route.data, loads = root.route.loads }
  if run.busy < run.max and i <= LIMIT.jobsPerScript then
    entry.delay = command.delay
    queue_step(run, command.queues, entry)
  else
    -- Without the delay: by the time a slot is free, the run has begun.
    call('RPUSH', key .. KEY.ready, cmsgpack.pack(entry))
  end
end
save_run(run)
return { 'started', id }
