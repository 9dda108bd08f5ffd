const id=6125,ids=[6125],modules={96125:(function(__unused_webpack___webpack_module__,__webpack_exports__,__webpack_require__){__webpack_require__.r(__webpack_exports__),__webpack_require__.d(__webpack_exports__,{indexRow:()=>_chunk_5EOYF7IM_js__WEBPACK_IMPORTED_MODULE_0__.vD,readCatalog:()=>_chunk_5EOYF7IM_js__WEBPACK_IMPORTED_MODULE_0__.uM,readDefinition:()=>_chunk_5EOYF7IM_js__WEBPACK_IMPORTED_MODULE_0__.Ud,readWholeCatalog:()=>_chunk_5EOYF7IM_js__WEBPACK_IMPORTED_MODULE_0__.N3});var _chunk_5EOYF7IM_js__WEBPACK_IMPORTED_MODULE_0__=__webpack_require__(47133),_chunk_KW4PSFLF_js__WEBPACK_IMPORTED_MODULE_1__=__webpack_require__(32659),_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_2__=__webpack_require__(43846),_chunk_ZFSWERP4_js__WEBPACK_IMPORTED_MODULE_3__=__webpack_require__(68539),_chunk_RPIPBOPC_js__WEBPACK_IMPORTED_MODULE_4__=__webpack_require__(88663)}),47133:(function(__unused_webpack___webpack_module__,__webpack_exports__,__webpack_require__){__webpack_require__.d(__webpack_exports__,{N3:()=>readWholeCatalog,Ud:()=>readDefinition,uM:()=>readCatalog,vD:()=>indexRow});var _chunk_KW4PSFLF_js__WEBPACK_IMPORTED_MODULE_0__=__webpack_require__(32659),_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__=__webpack_require__(43846),_chunk_ZFSWERP4_js__WEBPACK_IMPORTED_MODULE_2__=__webpack_require__(68539),INDEX=`
SELECT i.indexrelid, i.indrelid, c.relname::text AS index, c.oid::regclass::text AS sql_name,
       (SELECT amname::text FROM pg_am WHERE oid = c.relam) AS method,
       i.indisunique AS is_unique, i.indisvalid AS valid, i.indisready AS ready, i.indislive AS live,
       CASE WHEN i.indisunique THEN coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) ELSE false END AS nulls_not_distinct,
       i.indisreplident OR i.indisclustered AS pinned, c.relispartition AS attached,
       con.conname::text AS constraint_name, con.contype::text AS constraint_type,
       pg_get_expr(i.indpred, i.indrelid, true) AS predicate, pg_stat_get_numscans(i.indexrelid)::float8 AS scans,
       keys.keys, keys.include,
       CASE WHEN NOT i.indisvalid THEN (
         SELECT coalesce(p.phase, 'at work') FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid LIMIT 1
       ) END AS building,
       CASE WHEN c.relkind = 'I' THEN (
         WITH RECURSIVE pairs AS (
           SELECT i.indexrelid AS parent, p.inhrelid AS partition, h.inhrelid AS child, h.valid
           FROM pg_inherits p LEFT JOIN (
             SELECT a.inhparent, a.inhrelid, b.indrelid, b.indisvalid AS valid FROM pg_inherits a JOIN pg_index b ON b.indexrelid = a.inhrelid
           ) h ON h.inhparent = i.indexrelid AND h.indrelid = p.inhrelid
           WHERE p.inhparent = i.indrelid
           UNION ALL
           SELECT pairs.child, p.inhrelid, h.inhrelid, h.valid
           FROM pairs JOIN pg_inherits p ON p.inhparent = pairs.partition LEFT JOIN (
             SELECT a.inhparent, a.inhrelid, b.indrelid, b.indisvalid AS valid FROM pg_inherits a JOIN pg_index b ON b.indexrelid = a.inhrelid
           ) h ON h.inhparent = pairs.child AND h.indrelid = p.inhrelid
           WHERE pairs.child IS NOT NULL
         )
         SELECT jsonb_agg(jsonb_build_object('parent', parent::regclass::text, 'partition', partition::regclass::text,
                                             'name', pt.relname, 'partitioned', pt.relkind = 'p', 'child', child::regclass::text) ORDER BY 1)
         FROM pairs JOIN pg_class pt ON pt.oid = partition
         WHERE child IS NULL OR (pt.relkind <> 'p' AND NOT valid)
       ) END AS gaps
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN LATERAL (
  SELECT conname, contype FROM pg_constraint WHERE (i.indisunique OR i.indisexclusion) AND conindid = i.indexrelid AND conrelid = i.indrelid AND contype IN ('p', 'u', 'x') LIMIT 1
) con ON true
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_array(
      att.attname,
      CASE WHEN att.attname IS NULL THEN pg_get_indexdef(i.indexrelid, k, true) ELSE quote_ident(att.attname) END,
      CASE
        WHEN i.indcollation[k - 1] = 0 OR i.indcollation[k - 1] = att.attcollation THEN NULL
        WHEN att.attname IS NULL AND i.indcollation[k - 1] = 100 AND NOT EXISTS (
          SELECT FROM pg_attribute y WHERE y.attrelid = i.indrelid AND y.attnum > 0 AND NOT y.attisdropped
          AND y.attcollation NOT IN (0, 100)) THEN NULL
        ELSE (SELECT CASE WHEN pg_collation_is_visible(co.oid) THEN '' ELSE
            (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = co.collnamespace) || '.' END || quote_ident(co.collname)
          FROM pg_collation co WHERE co.oid = i.indcollation[k - 1]) END,
      CASE
        WHEN ia.attoptions IS NULL AND oc.opcdefault AND (att.atttypid IS NULL OR oc.opcintype = att.atttypid OR NOT EXISTS (
          SELECT FROM pg_opclass y WHERE y.opcmethod = oc.opcmethod AND y.opcdefault AND y.opcintype = att.atttypid)) THEN NULL
        ELSE CASE WHEN pg_opclass_is_visible(oc.oid) THEN '' ELSE
            (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = oc.opcnamespace) || '.' END || quote_ident(oc.opcname)
          || coalesce(' (' || array_to_string(ia.attoptions, ', ') || ')', '') END,
      oc.opcmethod = 403 AND (i.indoption[k - 1] & 1) = 1,
      oc.opcmethod = 403 AND (i.indoption[k - 1] & 2) = 2) ORDER BY k) FILTER (WHERE k <= i.indnkeyatts) AS keys,
    json_agg(att.attname ORDER BY k) FILTER (WHERE k > i.indnkeyatts) AS include
  FROM generate_series(1, i.indnatts) k
  JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = k
  LEFT JOIN pg_attribute att ON att.attrelid = i.indrelid AND att.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0
  LEFT JOIN pg_opclass oc ON k <= i.indnkeyatts AND oc.oid = i.indclass[k - 1]
) keys`,indexRow=name=>`SELECT to_jsonb(d) FROM (${INDEX} WHERE i.indexrelid = ${name}::regclass) d`,keySchema=(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.PV)([(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)()]).transform(([column,sql,collation,opclass,desc,nulls_first])=>({column,sql,collation,opclass,desc,nulls_first})),indexSchema=(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Ik)({index:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),sql_name:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),method:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),is_unique:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),valid:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),ready:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),live:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),nulls_not_distinct:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),pinned:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),attached:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),constraint_name:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),constraint_type:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.$8)(["p","u","x"]).nullable(),predicate:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),scans:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.ai)().nullable(),building:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable(),keys:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.YO)(keySchema),include:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.YO)((0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)()).nullable(),gaps:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.YO)((0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Ik)({parent:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),partition:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),name:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),partitioned:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.zM)(),child:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable()})).nullable()}),tableSchema=(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Ik)({n:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.ai)(),table:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),relname:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),kind:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),schema:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),index:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)().nullable()}),foreignKeySchema=(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Ik)({n:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.ai)(),name:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),referenced:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)(),columns:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.YO)((0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Yj)())}),statisticsSchema=(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.Ik)({age_ms:(0,_chunk_M57I3T7F_js__WEBPACK_IMPORTED_MODULE_1__.ai)().nullable()});async function readCatalog(session,names){let asked=names.map(({schema,table},at)=>({n:at+1,s:schema??null,t:table})),catalog=await ask(session,`SELECT n, to_regclass(CASE WHEN s IS NULL THEN quote_ident(t::name) ELSE quote_ident(s::name) || '.' || quote_ident(t::name) END)::oid AS oid
     FROM jsonb_to_recordset(${(0,_chunk_KW4PSFLF_js__WEBPACK_IMPORTED_MODULE_0__.eu)(JSON.stringify(asked))}::jsonb) AS a(n int, s text, t text)`);return{...catalog,tables:names.map((_,at)=>catalog.tables.get(at+1))}}async function readWholeCatalog(session,schemas){let{tables}=await ask(session,`SELECT row_number() OVER (ORDER BY n.nspname, c.relname)::int AS n, c.oid
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
       ${schemas===void 0?"":`AND n.nspname IN (${schemas.map(_chunk_KW4PSFLF_js__WEBPACK_IMPORTED_MODULE_0__.eu).join(", ")})`}`);return[...tables.entries()].sort(([a],[b])=>a-b).map(([,table])=>table)}var LOCK_TIMEOUT="5s";async function ask(session,asked){let results=await session.script(`BEGIN READ ONLY;
SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';
WITH asked AS (${asked})
SELECT a.n::int AS n, t.oid::regclass::text AS "table", t.relname::text AS relname, t.relkind::text AS kind, ns.nspname::text AS schema, d.*
FROM asked a JOIN pg_class t ON t.oid = a.oid JOIN pg_namespace ns ON ns.oid = t.relnamespace
LEFT JOIN (${INDEX}) d ON d.indrelid = t.oid ORDER BY a.n, d.index;
WITH asked AS (${asked})
SELECT a.n::int AS n, f.conname::text AS name, f.confrelid::regclass::text AS referenced,
       (SELECT jsonb_agg(att.attname ORDER BY k) FROM generate_subscripts(f.conkey, 1) k
        JOIN pg_attribute att ON att.attrelid = f.conrelid AND att.attnum = f.conkey[k]) AS columns
FROM asked a JOIN pg_constraint f ON f.conrelid = a.oid WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY 1, 2;
SELECT (extract(epoch FROM now() - coalesce(pg_stat_get_db_stat_reset_time(oid), pg_postmaster_start_time())) * 1000)::float8 AS age_ms
FROM pg_database WHERE datname = current_database();
ROLLBACK`).catch(async error=>{throw await session.run("ROLLBACK").catch(()=>{}),error}),[indexes,foreignKeys,statistics]=results.slice(2),tables=new Map,foreignKeysOf=grouped(rowsOf(foreignKeySchema,foreignKeys,session));for(let row of indexes?.rows??[]){let{n,table:sqlName,relname:name,kind,schema,index}=parsed(tableSchema,row,session),found=tables.get(n)??{schema,name,sqlName,partitioned:kind==="p",indexes:[],foreignKeys:foreignKeysOf.get(n)??[]};tables.set(n,found),index!==null&&found.indexes.push(indexOf(parsed(indexSchema,row,session)))}let[age]=rowsOf(statisticsSchema,statistics,session);return{tables,statisticsAgeMs:age?.age_ms??void 0}}function parsed(schema,row,{label}){let result=schema.safeParse(row);if(result.success)return result.data;throw new _chunk_ZFSWERP4_js__WEBPACK_IMPORTED_MODULE_2__.HG("bad_response",`The catalog of ${label} has an unknown form: ${result.error.message}`)}var rowsOf=(schema,found,session)=>(found?.rows??[]).map(row=>parsed(schema,row,session));function grouped(rows){let groups=new Map;for(let row of rows){let group=groups.get(row.n);group?group.push(row):groups.set(row.n,[row])}return groups}function readDefinition(row){let result=indexSchema.safeParse(row);return result.success?indexOf(result.data):void 0}function indexOf(row){let{constraint_name:name,constraint_type:type}=row;return{name:row.index,sqlName:row.sql_name,method:row.method,unique:row.is_unique,nullsNotDistinct:row.nulls_not_distinct,keys:row.keys,include:row.include??[],predicate:row.predicate??void 0,valid:row.valid,ready:row.ready,live:row.live,building:row.building??void 0,constraint:name===null||type===null?void 0:{name,type},pinned:row.pinned,attached:row.attached,scans:row.scans??void 0,gaps:row.gaps??[]}}})};export{id,ids,modules};
