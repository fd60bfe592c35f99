--[[
  BullMQ's own fetch of the next job, and the claim of its step in the same trip where everything needed is known.
  KEYS: timers (not read: it names the slot)
  ARGV: command (msgpack: queues, queue, token, lockDuration, worker, name)
  Replies: {raw reply of BullMQ, claim | nil}
  Events: step_started step_crashed run_started
]]
--@include run claim claim-fetched
--@bullmq fetch-job

local command = cmsgpack.unpack(ARGV[1])
local at = now()
local raw = fetch_job(command.queues, command.queue, at,
  { token = command.token, lockDuration = command.lockDuration, name = command.name })
return { raw, claim_fetched(command.queues, raw, command.worker, at) }
