--[[
  Records the outcome of the step that a job holds, and whatever certainly follows from it, exactly once: counts down the
  dependents, continues with one that is ready inline in this job, hands the others to BullMQ, and otherwise ends the job and
  fetches and claims the next one. A failure of the top scope closes the run and ends the job as failed.
  KEYS: run
  ARGV: command (msgpack: job, queues, worker, instance, generation, attempt, settlements, inline, priority, depth, held, log)
  Replies: {'inline', at, claim}  {'finished', at, raw, claim of the next job | nil}  {'recorded'} (second call)
    {'again', instance that continues inline} (second call)  {'lost'}
  An outcome is taken from the attempt that last claimed the step, and from none for a step that is certain to be skipped.
  Events: step_completed step_failed step_skipped step_cancelled step_entered run_closing, step_started and run_started of what it claims
]]
--@include run settle claim-fetched
--@bullmq lock end-job log

local command = cmsgpack.unpack(ARGV[1])
local at = now()
local run = open_run(KEYS[1], at)
local job, first = command.job, command.settlements[1]
local field = field_of(command.instance, command.generation)
local record = run and read_record(run, field)
local current = record and (record.attempts or 0) == command.attempt
local mine = current and is_settled(record)

-- I2: only the owner of the job's lock, for the attempt that last claimed the step, and once.
if not owns_job(command.queues, job) then
  return mine and { 'recorded' } or { 'lost' }
end

local position_field = FIELD.inlinePosition .. job.id
if run and first and mine then
  local nextInstance = call('HGET', run.key .. KEY.steps, position_field)
  if nextInstance and nextInstance ~= command.instance then return { 'again', nextInstance } end
  first = nil
elseif run and first and not (current and (record.status == STEP_STATUS.running or is_certain_skip(record))) then
  return { 'lost' }
end

local failure
if run and first then
  local plan = { ready = {}, branches = {} }
  for i, settlement in ipairs(command.settlements) do
    if not (settlement.follows and run.closing) then
      settle(run, plan, settlement, i == 1 and command or nil, i == 1 and record or nil)
    end
    if settlement.failsRun then failure = settlement.reason end
  end
  save_branches(run, plan)
  local inline
  if run.closing then run.busy = run.busy - 1 else inline = schedule(run, plan, command) end
  if inline then
    run.records[#run.records + 1] = position_field
    run.records[#run.records + 1] = inline.instance
    if command.log then log_to_job(command.queues, job, command.log) end
    local reply = go_on_inline(run, inline, command)
    save_run(run)
    return { 'inline', at, reply }
  end
  if command.depth > 0 then call('HDEL', run.key .. KEY.steps, position_field) end
  if failure then keep_failed_job(run, command) end
end
local raw = end_job(command.queues, job, at, failure)
local claimed = claim_fetched(command.queues, raw, command.worker, at, run)
if run then save_run(run) end
return { 'finished', at, raw, claimed }
