--[[
  Writes a run's terminal status if none of its steps is running, and ends the run's own job.
  KEYS: run
  ARGV: command (msgpack: job, queues, status, output, error, data)
  Replies: {'finished', first call?, raw, startedAt, endedAt}  {'at_work', children}  {'lost'}
  Events: run_completed run_failed run_cancelled run_timed_out
]]
--@include run keep-text
--@bullmq lock count-children end-job

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
local job = command.job
local ended = run and call('HGET', run.key, RUN.endedAt)
if not owns_job(command.queues, job) then return { ended and 'finished' or 'lost', 0 } end
if run and not ended then
  local children = count_children(command.queues, run.id)
  -- I5: nothing is active. What closed the run meanwhile decides how it ends: the caller looks again.
  if children > 0 or run.closing and run.closing ~= command.status then return { 'at_work', children } end
  if command.output then
    call('HSET', run.key .. KEY.out, OUT.output, keep_text(run.key, OUT.output, command.output))
  end
  if command.error then put_field(run, RUN.error, command.error) end
  move_status(run, run.status, command.status)
  put_field(run, RUN.endedAt, run.at)
  append_event(run, 'run_' .. command.status, { data = command.data })
  call('ZREM', run.cell .. CELL.open, run.id)
  call('ZREM', run.cell .. CELL.timers, TIMER.deadline .. ':' .. run.id)
  call('ZADD', run.cell .. CELL.timers, run.at + call('HGET', run.key, RUN.retentionMs), TIMER.retention .. ':' .. run.id)
  call('DEL', run.key .. KEY.ready)
  save_run(run)
end
local raw = end_job(command.queues, job, run and run.at or now())
return { 'finished', run and not ended and 1 or 0, raw, run and run.started or 0, run and run.at or 0 }
