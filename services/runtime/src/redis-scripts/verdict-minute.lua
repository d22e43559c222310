-- Prelude of report.lua and seal.lua: a verdict-minute's hash, its verdict, its stream entry. The rules are those of
-- services/core/src/verdict.ts and verdict-minute.ts, and a test runs both over the same generated cases.
--
-- Fields of the hash: <region> packed vote · d:<region> finding JSON when noteworthy · ask regions
-- asked by slots · also regions asked by looks and immediate probes · cov minutes covered · rc retention class · sealed
-- sealed at · rev revision. Only while open: last last slot of the minute · done regions that reported it · due seal
-- deadline · tp traceparent of the first result.
--
-- Instants stay texts wherever they are only copied: a Lua number is a double and prints as 1.7e+12.

local function read_minute(key)
  local flat = redis.call('HGETALL', key)
  local minute = {}
  for i = 1, #flat, 2 do
    minute[flat[i]] = flat[i + 1]
  end
  return minute
end

-- What a sealed minute needs no more; it lies in Redis for 15 minutes, open ones for one.
local OPEN_FIELDS = { 'last', 'done', 'due', 'tp' }

-- Union of two comma-separated lists; the first keeps its order.
local function union(known, added)
  if added == nil or known == added then
    return known
  end
  if known == nil or known == '' then
    return added
  end
  local listed = ',' .. known .. ','
  for region in string.gmatch(added, '[^,]+') do
    if not string.find(listed, ',' .. region .. ',', 1, true) then
      known = known .. ',' .. region
      listed = listed .. region .. ','
    end
  end
  return known
end

local function contains_all(known, wanted)
  if known == wanted then
    return true
  end
  local listed = ',' .. (known or '') .. ','
  for region in string.gmatch(wanted, '[^,]+') do
    if not string.find(listed, ',' .. region .. ',', 1, true) then
      return false
    end
  end
  return true
end

local function split(list)
  local names = {}
  for name in string.gmatch(list, '[^,]+') do
    names[#names + 1] = name
  end
  return names
end

local function median(values)
  local count = #values
  if count == 0 then
    return ''
  end
  table.sort(values)
  local lower = values[math.floor((count + 1) / 2)]
  local upper = values[math.floor(count / 2) + 1]
  return string.format('%.0f', math.floor((lower + upper) / 2))
end

-- `told`: list of state, reason, state, reason, … of the votes that give a reason.
local function most_frequent_reason(told, state)
  local frequency, winner = {}, ''
  for i = 1, #told, 2 do
    if told[i] == state then
      local reason = told[i + 1]
      frequency[reason] = (frequency[reason] or 0) + 1
    end
  end
  for reason, count in pairs(frequency) do
    local best = frequency[winner] or 0
    if count > best or (count == best and reason < winner) then
      winner = reason
    end
  end
  return winner
end

-- Judges the votes of a minute. Returns { state, reason ('' for none), median latency ('' for none), newest
-- observedAtMs }, all texts.
local function judge(minute, asked)
  local downs, degradeds, walls, ups = 0, 0, 0, 0
  local told, latencies = {}, {}
  local newest, newest_at = 0, '0'
  for i = 1, #asked do
    local packed = minute[asked[i]]
    if packed then
      local at, state, reason, latency = string.match(packed, '^(%d+)|[^|]+|[^|]+|[^|]+|([^|]+)|([^|]*)|(%d*)|')
      if state == 'up' then
        ups = ups + 1
      elseif state == 'down' then
        downs = downs + 1
      elseif state == 'degraded' then
        degradeds = degradeds + 1
      elseif state == 'auth_walled' then
        walls = walls + 1
      end
      if reason ~= '' then
        told[#told + 1] = state
        told[#told + 1] = reason
      end
      if latency ~= '' and state ~= 'unknown' then
        latencies[#latencies + 1] = tonumber(latency)
      end
      local observed = tonumber(at)
      if observed > newest then
        newest, newest_at = observed, at
      end
    end
  end

  local lead, state = 'unknown', 'unknown'
  if downs > 0 then
    lead = 'down'
    state = (downs >= 2 or #asked == 1) and 'down' or 'degraded'
  elseif degradeds > 0 then
    lead, state = 'degraded', 'degraded'
  elseif walls > 0 then
    lead = 'auth_walled'
    state = ups > 0 and 'degraded' or 'auth_walled'
  elseif ups > 0 then
    lead, state = 'up', 'up'
  end
  local reason = #told > 0 and most_frequent_reason(told, lead) or ''
  return { state, reason, median(latencies), newest_at }
end

-- `confirming` is the router's field of the now hash, false when absent.
local function is_look_outstanding(confirming, minute_number)
  if not confirming then
    return false
  end
  local look1, look2 = string.match(confirming, '^%d+:(%d+):(%d+)$')
  return look1 == minute_number or look2 == minute_number
end

local function is_complete(minute, confirming, minute_number)
  if is_look_outstanding(confirming, minute_number) then
    return false
  end
  if minute.last == nil then
    for region in string.gmatch(minute.also, '[^,]+') do
      if minute[region] == nil then
        return false
      end
    end
    return true
  end
  if minute.ask == nil then
    return false
  end
  return contains_all(minute.done, minute.ask)
end

-- Appends the entry of a sealed or corrected minute; the shape is services/core/src/verdict-entry.ts.
local function append_minute(stream, kind, minute, asked, verdict, endpoint, minute_number, now_ms, traceparent)
  local fields = {}
  for i = 1, #asked do
    local region = asked[i]
    local finding = minute['d:' .. region]
    if minute[region] then
      fields[#fields + 1] = region
      fields[#fields + 1] = minute[region]
    end
    if finding then
      fields[#fields + 1] = 'd:' .. region
      fields[#fields + 1] = finding
    end
  end
  redis.call('XADD', stream, '*', 'v', VERSION, 'k', kind, 'e', endpoint, 'm', minute_number, 'at', now_ms,
    'tp', traceparent, 's', verdict[1], 're', verdict[2], 'lat', verdict[3], 'rev', minute.rev, 'cov', minute.cov,
    'rc', minute.rc, 'ask', table.concat(asked, ','), unpack(fields))
end
