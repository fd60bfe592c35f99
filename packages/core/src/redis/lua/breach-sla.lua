--[[
  Notes, once a step instance, that the step which a job holds took longer than its sla. It changes nothing else.
  KEYS: run
  ARGV: command (msgpack: job, queues, instance, generation, attempt, data)
  Replies: {'breached'}  {'known'}  {'lost'}
  Events: step_sla_breached
]]
--@include run
--@bullmq lock

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
local job = command.job
if not owns_job(command.queues, job) then return { 'lost' } end
local field = field_of(command.instance, command.generation)
local record = run and read_record(run, field)
if not record or record.attempts ~= command.attempt then return { 'lost' } end
if record.slaBreached then return { 'known' } end
record.slaBreached = 1
put_record(run, field, record)
append_event(run, 'step_sla_breached', { step = command.instance, generation = command.generation,
  attempt = command.attempt, data = command.data })
save_run(run)
return { 'breached' }
