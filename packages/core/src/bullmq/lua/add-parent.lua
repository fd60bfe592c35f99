-- Adds a job to the queue of runs that waits for its children; BullMQ hands it out when the last of them ended.
--@wrap addParentJob

local function add_parent(q, id, name, data, priority, time)
  local prefix = q .. ':' .. QUEUE.runs .. ':'
  local opts = { attempts = JOB_LIMIT.attempts, removeOnComplete = true }
  if priority > 0 then opts.priority = priority end
  bullmq_add_parent_job(bullmq_add_parent_job_keys(prefix), { cmsgpack.pack({ prefix, id, name, time }), data,
    cmsgpack.pack(opts) })
end
