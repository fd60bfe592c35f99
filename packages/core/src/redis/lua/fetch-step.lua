--[[
  BullMQ's own fetch of the next job, and the claim of its step in the same trip where everything needed is known.
  KEYS: timers (not read: it names the slot)
  ARGV: command (msgpack: queues, queue, token, lockDuration, worker, name)
  Replies: {raw reply of BullMQ, claim | nil}
  Events: step_started step_crashed run_started
]]
--@include run
--@bullmq moveToActive
--@include claim

local command = cmsgpack.unpack(ARGV[1])
local at = now()
local prefix = command.queues .. ':' .. command.queue .. ':'
local raw = move_to_active(move_to_active_keys(prefix), { prefix, tostring(at),
  cmsgpack.pack({ token = command.token, lockDuration = command.lockDuration, name = command.name }) })
return { raw, claim_fetched(command.queues, raw, command.worker, at) }
