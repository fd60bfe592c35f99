-- Ends a job that a worker holds. reason: why it failed, and it is kept; nil when it completed, and it is removed. With `job.fetch`
-- BullMQ hands out the next job in the same call. Answers BullMQ's reply: see fetched-job.lua.
--@wrap moveToFinished

local function end_job(q, job, at, reason)
  local prefix = q .. ':' .. job.queue .. ':'
  local target, field, kept = 'completed', 'returnvalue', 0
  if reason then target, field, kept = QUEUE_KEY.failed, 'failedReason', -1 end
  return bullmq_move_to_finished(bullmq_move_to_finished_keys(prefix, job.id, target), { job.id, tostring(at), field,
    reason or 'null', target, job.fetch and '1' or '0', prefix, cmsgpack.pack({ token = job.token,
      keepJobs = { count = kept }, lockDuration = job.lockDuration, attempts = 1, maxMetricsSize = '', cpof = true }), '' })
end
