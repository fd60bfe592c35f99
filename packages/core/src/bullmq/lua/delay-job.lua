-- Gives a job that a worker holds back to its queue, to be fetched again after `delay` ms.
--@wrap moveToDelayed

local function delay_job(q, job, at, delay)
  local prefix = q .. ':' .. job.queue .. ':'
  bullmq_move_to_delayed(bullmq_move_to_delayed_keys(prefix, job.id), { prefix, tostring(at), job.id, job.token,
    tostring(delay), '1', '', '0' })
end
