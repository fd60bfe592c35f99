-- Ends a job that a worker holds. target: completed (and removed) or failed (and kept). With `job.fetch` BullMQ hands out the next
-- job in the same call. Answers BullMQ's reply: see fetched-job.lua.
--@wrap moveToFinished

local function end_job(q, job, at, target, value)
  local prefix = q .. ':' .. job.queue .. ':'
  local kept = target == 'completed' and 0 or -1
  return bullmq_move_to_finished(bullmq_move_to_finished_keys(prefix, job.id, target), { job.id, tostring(at),
    target == 'completed' and 'returnvalue' or 'failedReason', value, target, job.fetch and '1' or '0', prefix,
    cmsgpack.pack({ token = job.token, keepJobs = { count = kept }, lockDuration = job.lockDuration, attempts = 1,
      maxMetricsSize = '', cpof = true }), '' })
end
