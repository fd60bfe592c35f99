--[[
  Gives the step that a job holds back to its queue until it is due: after a failure that has attempts left, or unharmed
  (`handBack`) when this worker cannot run it or is stopping. A hand-back of an attempt that was claimed takes it off again;
  one without a claim (attempt 0) applies to the step that the job has reached, even if its worker does not know which one.
  KEYS: run
  ARGV: command (msgpack: job, queues, instance, generation, attempt, delay, handBack, error, data)
  Replies: {'delayed', dueAt, hand-backs in a row}  {'closed', closing}  {'settled'}  {'recorded'} (second call)  {'lost'}
  Events: step_retrying step_handed_back
]]
--@include run
--@bullmq lock delay-job

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
local job = command.job
local instance, generation, attempt = command.instance, command.generation, command.attempt
local position = run and attempt == 0 and call('HGET', run.key .. KEY.steps, FIELD.inlinePosition .. job.id)
if position then instance, generation = position, 0 end
local field = field_of(instance, generation)
local record = run and read_record(run, field)
if not owns_job(command.queues, job) then
  return record and record.status ~= STEP_STATUS.running and record.dueAt and { 'recorded' } or { 'lost' }
end
if not run or record and is_settled(record) then return { 'settled' } end
local claimed = attempt > 0 or not command.handBack
if not record or claimed and (record.status ~= STEP_STATUS.running or record.attempts ~= attempt) then return { 'lost' } end
if run.closing then return { 'closed', run.closing } end

local event = { step = instance, generation = generation, attempt = attempt, data = command.data }
record.dueAt = run.at + command.delay
record.owner = nil
if command.handBack then
  if attempt > 0 then record.attempts = record.attempts - 1 end
  if record.status == STEP_STATUS.running then
    record.status = record.failures and record.failures > 0 and STEP_STATUS.retrying or STEP_STATUS.pending
  end
  record.handBacks = (record.handBacks or 0) + 1
  append_event(run, 'step_handed_back', event)
else
  record.status = STEP_STATUS.retrying
  record.failures = (record.failures or 0) + 1
  record.error = command.error
  record.handBacks = nil
  append_event(run, 'step_retrying', event)
end
put_record(run, field, record)
save_run(run)
delay_job(command.queues, job, run.at, command.delay)
return { 'delayed', record.dueAt, record.handBacks or 0 }
