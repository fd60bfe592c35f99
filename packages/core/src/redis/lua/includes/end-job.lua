-- Ends a job. target: completed (and removed) or failed (and kept). Answers BullMQ's reply, which may hold the next job.
local function finish_job(q, job, at, target, value)
  local prefix = q .. ':' .. job.queue .. ':'
  local keys = move_to_finished_keys(prefix, job.id, target)
  local kept = target == 'completed' and 0 or -1
  return move_to_finished(keys, { job.id, tostring(at), target == 'completed' and 'returnvalue' or 'failedReason', value,
    target, job.fetch and '1' or '0', prefix, cmsgpack.pack({ token = job.token, keepJobs = { count = kept },
      lockDuration = job.lockDuration, attempts = 1, maxMetricsSize = '', cpof = true }), '' })
end
