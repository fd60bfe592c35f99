-- Adds a job as a direct child of `parent_id`, a job of the queue of runs: BullMQ wakes the parent when its last child ended.
-- entry: queue, name, priority, delay (ms, or nil). `cpof`: a child that fails does not hold its parent back.
--@wrap addStandardJob addPrioritizedJob addDelayedJob

local function add_child(q, parent_id, entry, id, data, time)
  local prefix = q .. ':' .. entry.queue .. ':'
  local parent = q .. ':' .. QUEUE.runs .. ':' .. parent_id
  local opts = { attempts = JOB_LIMIT.attempts, removeOnComplete = true, cpof = true }
  if entry.priority > 0 then opts.priority = entry.priority end
  if entry.delay then opts.delay = entry.delay end
  local packed = cmsgpack.pack({ prefix, id, entry.name, time, parent, parent .. ':' .. JOB_KEY.dependencies,
    { id = parent_id, queueKey = q .. ':' .. QUEUE.runs, cpof = true } })
  local args = { packed, data, cmsgpack.pack(opts) }
  if entry.delay then
    bullmq_add_delayed_job(bullmq_add_delayed_job_keys(prefix), args)
  elseif entry.priority > 0 then
    bullmq_add_prioritized_job(bullmq_add_prioritized_job_keys(prefix), args)
  else
    bullmq_add_standard_job(bullmq_add_standard_job_keys(prefix), args)
  end
end
