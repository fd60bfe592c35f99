--[[
  Claims the step that a job holds: its own, or the one where the job went on inline (the cursor). One more attempt.
  KEYS: run
  ARGV: command (msgpack: job, queues, instance, generation, role, loads, again)
  Replies: {'claimed', ...}  {'skip', ...}  {'cursor', instance}  {'early', ms}  {'settled'}  {'closed'}  {'gone'}  {'lost'}
  Events: step_started step_crashed run_started
]]
--@include run
--@include claim

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
local job = command.job
if call('GET', command.queues .. ':' .. job.queue .. ':' .. job.id .. ':lock') ~= job.token then return { 'lost' } end
if not run then return { 'gone' } end
local cursor = call('HGET', run.key .. ':steps', 'c:' .. job.id)
if cursor and cursor ~= command.instance then return { 'cursor', cursor } end
local generation = cursor and 0 or command.generation
local record = read_record(run, field_of(command.instance, generation)) or { s = 'pending' }
if is_settled(record) then return { 'settled' } end
if run.closing then return { 'closed', run.closing } end
if record.d and record.d > run.at then return { 'early', record.d - run.at } end
if command.again and record.s == 'running' then
  record.s = 'pending'
  record.a = record.a - 1
  run.again = true
end
local reply
if record.s == 'pending' and record.r then
  reply = { 'skip', command.instance, generation, record.a or 0, record.r, 0, 0, run.at, record.q or run.at, run.at,
    run.definition, run.workflow, run.version, run.started or run.at, run.tags, run.priority }
else
  reply = claim(run, command.instance, generation, command.role, record)
end
reply[#reply + 1] = load_inputs(run, command.loads)
save_run(run)
return reply
