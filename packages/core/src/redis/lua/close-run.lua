--[[
  Cancels a run, or goes on closing one: the reason is written once, idle children leave their queues, steps at work are told.
  KEYS: run
  ARGV: command (msgpack: queues, closing, actor, data)
  Replies: {'closing', closing, children at work}  {'ended', status}  {'gone'}
  Events: run_closing
]]
--@include run close

local command = cmsgpack.unpack(ARGV[1])
local run = open_run(KEYS[1], now())
if not run then return { 'gone' } end
if call('HEXISTS', run.key, RUN.endedAt) == 1 then return { 'ended', run.status } end
local at_work = close_run(run, command.queues, command.closing, command.actor, command.data)
save_run(run)
return { 'closing', run.closing, at_work }
