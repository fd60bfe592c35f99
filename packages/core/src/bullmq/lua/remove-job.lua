-- Removes a job from its queue, unless a worker holds it. prefix: that of the queue's keys, with its colon.
--@wrap removeJob

local function remove_job(prefix, id)
  bullmq_remove_job(bullmq_remove_job_keys(prefix, id), { id, '0', prefix })
end
