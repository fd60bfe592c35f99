-- Whether the job's lock is still held under this token: a worker that lost it, or whose job ended, may change nothing.
local function owns_job(q, job)
  return call('GET', q .. ':' .. job.queue .. ':' .. job.id .. ':' .. JOB_KEY.lock) == job.token
end
