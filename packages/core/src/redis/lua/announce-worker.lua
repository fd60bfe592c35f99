--[[
  Announces a worker for the length of a lease, and the set of its actions for at least as long.
  KEYS: workers
  ARGV: command (msgpack: id, text, leaseMs, worker, actionsKey, actions)
  Replies: 'announced'
]]
local command = cmsgpack.unpack(ARGV[1])
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', command.worker, command.text, 'PX', command.leaseMs)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at)
redis.call('ZADD', KEYS[1], at + command.leaseMs, command.id)
if #command.actions > 0 then
  redis.call('SADD', command.actionsKey, unpack(command.actions))
  if redis.call('PTTL', command.actionsKey) < command.leaseMs then redis.call('PEXPIRE', command.actionsKey, command.leaseMs) end
end
return 'announced'
