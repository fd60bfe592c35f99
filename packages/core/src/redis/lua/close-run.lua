--[[
  Cancels a run, or continues closing it: writes the reason once, removes idle children from their queues, and notifies running steps.
  KEYS: run
  ARGV: command (msgpack: queues, closing, actor, data)
  Replies: {'closing', closing, running children}  {'ended', status}  {'gone'}
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
