-- Appends a line to the job's log, which a board shows.
local function log_to_job(q, job, line)
  call('RPUSH', q .. ':' .. job.queue .. ':' .. job.id .. ':' .. JOB_KEY.logs, line)
end
