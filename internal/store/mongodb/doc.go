// Package mongodb keeps Earshot's rows in MongoDB 6.0 or later: a standalone, a replica set, or a
// sharded cluster, with any number of Earshot instances on one database. It fulfils package store;
// docs/scale.md says how it grows.
//
// # What it relies on
//
// Every write touches one document and is acknowledged by a majority of the members after they have
// written their journals; on a replica set the driver repeats a write whose answer was lost, and the
// server runs it once. No transactions. A row is replaced only from the revision it was read at, and
// rows are read as the majority has them, so that no decision rests on a write that an election may
// take back. Every operation has a deadline. Only commands of the server's Stable API, version 1,
// are sent.
//
// Inserts and reads by ID that arrive while others are on their way share a command (see lanes): each
// is still one document with a result of its own, and none waits to be joined.
//
// # Collections, and by what they are sharded
//
// One collection for each group of the contract. IDs are natural keys, mostly hashes, and nearly
// every operation of the loop names one: so all collections that grow are sharded by their hashed
// _id. Inserts, reads, saves and marks then go to one shard, and spread evenly.
//
//	interactions, invitations, responses, cases, remarks            {_id: "hashed"}
//	people, rollups                                                 {_id: "hashed"}
//	links, sessions                                                 {_id: "hashed"}
//	definitions, users, keys, settings, health                      not sharded: they stay small
//
// These queries ask every shard, on purpose:
//
//   - Claim looks for due rows, and NextDue for the next one: work lies where its row lies. Each
//     shard answers from one small index that holds only rows that are due. The rows are then taken
//     by _id.
//   - The lists, by customer, agent, team and so on: a key that served one of them would make the
//     others and every save ask all shards instead. A shard stops at the page's size.
//   - Responses.Search: as the lists.
//   - Rollups.Range: bounded by the days and names asked for, and read in parallel.
//   - Sessions.DeleteOf, Users.List, Keys.List and Expire: rare.
//
// Whoever changes a filter sees to it that it names the _id or stands in this list; a test checks.
package mongodb
