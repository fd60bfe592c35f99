--[[
  Announces a worker for the length of a lease, and the set of its actions for at least as long.
  KEYS: workers
  ARGV: command (msgpack: id, text, leaseMs, worker, actionsKey, actions)
  Replies: 'announced'
]]
--@include time

local command = cmsgpack.unpack(ARGV[1])
local at = now()
call('SET', command.worker, command.text, 'PX', command.leaseMs)
call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at)
call('ZADD', KEYS[1], at + command.leaseMs, command.id)
if #command.actions > 0 then
  call('SADD', command.actionsKey, unpack(command.actions))
  if call('PTTL', command.actionsKey) < command.leaseMs then call('PEXPIRE', command.actionsKey, command.leaseMs) end
end
return 'announced'
