-- Fetches the next job of a queue. options: token, lockDuration (ms), name of the worker (or nil). Answers BullMQ's reply, as
-- fetched-job.lua shows it.
--@wrap moveToActive

local function fetch_job(q, queue, at, options)
  local prefix = q .. ':' .. queue .. ':'
  return bullmq_move_to_active(bullmq_move_to_active_keys(prefix), { prefix, tostring(at), cmsgpack.pack(options) })
end
