--[[
  Claims the step that a job holds: its own, or the one that it continued with inline (its inline position). One more attempt, unless
  this lock's token claimed it already (a second call), or `again` says that an inline claim's answer was lost.
  KEYS: run
  ARGV: command (msgpack: job, queues, instance, generation, role, loads, again)
  Replies: {'claimed', ...}  {'skip', ...}  {'elsewhere', inline position}  {'early', ms}  {'settled'}  {'closed'}  {'gone'}  {'lost'}
  Events: step_started step_crashed run_started
]]
--@include run claim
--@bullmq lock

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
local job = command.job
if not owns_job(command.queues, job) then return { 'lost' } end
if not run then return { 'gone' } end
local position = call('HGET', run.key .. KEY.steps, FIELD.inlinePosition .. job.id)
if position and position ~= command.instance then return { 'elsewhere', position } end
local generation = position and 0 or command.generation
local record = read_record(run, field_of(command.instance, generation))
if not record then return { 'lost' } end
if is_settled(record) then return { 'settled' } end
if run.closing then return { 'closed', run.closing } end
if record.dueAt and record.dueAt > run.at then return { 'early', record.dueAt - run.at } end
local reply
if is_certain_skip(record) then
  reply = claim_reply(run, 'skip', command.instance, generation, record)
elseif record.status == STEP_STATUS.running and (command.again or record.owner == job.token) then
  reply = claim_reply(run, 'claimed', command.instance, generation, record)
else
  reply = claim(run, command.instance, generation, command.role, record, job.token)
end
reply[#reply + 1] = load_inputs(run, command.loads)
save_run(run)
return reply
