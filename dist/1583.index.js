const id=1583,ids=[1583],modules={71583:(function(__unused_webpack___webpack_module__,__webpack_exports__,__webpack_require__){__webpack_require__.r(__webpack_exports__),__webpack_require__.d(__webpack_exports__,{renderHtml:()=>renderHtml,reportSections:()=>reportSections});var _chunk_CF47YT3F_js__WEBPACK_IMPORTED_MODULE_0__=__webpack_require__(1878),_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__=__webpack_require__(87911),_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__=__webpack_require__(71439),_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__=__webpack_require__(94046),_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__=__webpack_require__(44680),_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__=__webpack_require__(37375),_chunk_NBD2YHS6_js__WEBPACK_IMPORTED_MODULE_6__=__webpack_require__(27432),_chunk_RPIPBOPC_js__WEBPACK_IMPORTED_MODULE_7__=__webpack_require__(88663);function marginBar({measured,limit}){if(measured<0||limit<0||Math.max(measured,limit)===0)return"";let scale=96/Math.max(measured,limit),[fill,tick]=[measured*scale,limit*scale].map(x=>Number(x.toFixed(2)));return fill===void 0||tick===void 0||!Number.isFinite(fill)||!Number.isFinite(tick)?"":`<svg class="gauge" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" y="2" width="100" height="6"/><rect class="fill" y="2" width="${fill}" height="6"/><path class="limit" d="M${tick} 0V10"/></svg>`}var solid='<circle cx="8" cy="8" r="8" fill="currentColor"/>',ring='<circle cx="8" cy="8" r="6.75" fill="none" stroke="currentColor" stroke-width="1.5"/>',glyph=(path,stroke="var(--canvas)")=>`<path d="${path}" fill="none" stroke="${stroke}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`,SHAPES={pass:solid+glyph("M4.7 8.3l2.3 2.3 4.4-4.8"),fail:solid+glyph("M5.5 5.5l5 5m0-5l-5 5"),warn:`<path d="M8 1.2l7.2 13H.8z" fill="currentColor" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>${glyph("M8 6.2v3.6m0 2.3v.1")}`,error:`<path d="M8 .3L15.7 8 8 15.7.3 8z" fill="currentColor"/>${glyph("M8 4.6v4.2m0 2.5v.1")}`,inconclusive:solid+glyph("M6 6.3a2.05 2.05 0 1 1 3 1.8c-.7.4-1 .7-1 1.4m0 2.3v.1"),skipped:ring+glyph("M5.2 8h5.6","currentColor"),pending:'<circle cx="8" cy="8" r="6.75" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2.7"/>',running:`${ring}<circle cx="8" cy="8" r="3" fill="currentColor"/>`,cancelled:ring+glyph("M4 12l8-8","currentColor")};function stateIcon(state){return`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[state]}</svg>`}var MOST=5;function boundsOn(shown,judgements,words,locale){let bounds=judgements.flatMap(({intent,comparisons})=>comparisons.flatMap(comparison=>{let[allowed,...more]=comparison.allowed;if(!shown(comparison.subject)||allowed?.kind!=="quantity"||more.length>0)return[];if(!Number.isFinite(allowed.amount))return[];let label=words.finding.allowed((0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.En)(comparison,intent!=="expect",words,locale));return[{subject:(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(comparison.subject),amount:allowed.amount,label,tone:intent==="warn"?"warn":"fail"}]})),same=(one,other)=>one.subject===other.subject&&one.label===other.label;return bounds.filter((bound,at)=>bounds.findIndex(other=>same(bound,other))===at).slice(0,MOST)}var MOST_POINTS=600,WIDTH=600,HEIGHT=160,DAY_MS=864e5,YEAR_MS=365*DAY_MS;function seriesChart(evidence,judgements,words,locale){let{points,low,high,last}=(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.XE)(evidence),title=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(evidence.title,160)),[first,final]=[points[0],points.at(-1)];if(low===void 0||high===void 0||last===void 0||first===void 0||final===void 0)return`<p class="facts"><b>${title}</b> \u2013 ${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.emptySeries)}</p>`;let show=amount=>(0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Is)(evidence.unit,amount),locale),bounds=boundsOn(subject=>subject===(evidence.subject??evidence.title),judgements,words,locale),ticks=niceTicks(Math.min(low,...bounds.map(({amount})=>amount)),Math.max(high,...bounds.map(({amount})=>amount))),[bottom=0,top=1]=[ticks[0],ticks.at(-1)],y=amount=>round(HEIGHT-(amount-bottom)/(top-bottom||1)*HEIGHT),span=final.at-first.at,x=at=>span===0?WIDTH/2:round((at-first.at)/span*WIDTH),summary=words.seriesFrom((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(evidence.title),show(low),show(high),show(last));return`<figure class="chart">
<figcaption>${words.seriesFrom(`<b>${title}</b>`,(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(show(low)),(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(show(high)),(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(show(last)))}${bounds.map(({label,tone})=>`<span class="limit-of ${tone}"><span class="legend"></span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(label)}</span>`).join("")}</figcaption>
<div class="plot">
<div class="ticks" aria-hidden="true">${ticks.toReversed().map(tick=>`<span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(show(tick))}</span>`).join("")}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(summary)}">
${ticks.map(tick=>`<path class="grid" d="M0 ${y(tick)}H${WIDTH}"/>`).join("")}
${bounds.map(({amount,tone})=>`<path class="bound ${tone}" d="M0 ${y(amount)}H${WIDTH}"/>`).join("")}
<path class="curve" d="${curve((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.HL)(points,MOST_POINTS),x,y)}"/>
</svg>
<div class="times" aria-hidden="true">${timeLabels(first.at,final.at,locale)}</div>
</div>
</figure>`}function curve(points,x,y){let[only,...more]=points;return only!==void 0&&more.length===0?`M0 ${y(only.amount)}H${WIDTH}`:points.map(({at,amount},index)=>`${index===0?"M":"L"}${x(at)} ${y(amount)}`).join("")}function timeLabels(from,to,locale){let show=at=>to<YEAR_MS?(0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.a3)(at,locale):to-from>DAY_MS?(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.r4)(at,locale):`${(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.ei)(at)} UTC`;return(from===to?[from]:[from,(from+to)/2,to]).map(at=>`<span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(show(at))}</span>`).join("")}function niceTicks(low,high){let from=low>0&&low<high*.7?0:low,rough=(high-from||Math.abs(high)||1)/4,power=10**Math.floor(Math.log10(rough)),step=([1,2,2.5,5,10].find(factor=>factor*power>=rough)??10)*power,first=Math.floor(from/step),last=Math.max(first+1,Math.ceil(high/step));return!Number.isSafeInteger(first)||!Number.isSafeInteger(last)||last-first>12?[low,high]:Array.from({length:last-first+1},(_,at)=>Number(((first+at)*step).toPrecision(12)))}var round=n=>Number(n.toFixed(2)),WIDTH2=600,HEIGHT2=160,MOST_BARS=60,MOST_LABELS=6,LEAST_HEIGHT=2,LABEL_WIDTH=.1,LINE=12,OF_THE_DISTRIBUTION=/^(?:p\d{1,2}(?:\.\d+)?(?:\.with_timeouts)?|min|mean|max)$/;function histogramChart(evidence,judgements,words,locale){let bins=(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.oR)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.II)(evidence),MOST_BARS),all=(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.ry)(bins),title=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(evidence.title,160));if(all===0)return`<p class="facts"><b>${title}</b> \u2013 ${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.emptyHistogram)}</p>`;let marks=(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Ok)(evidence),bounds=boundsOn(subject=>OF_THE_DISTRIBUTION.test(subject),judgements,words,locale),scale=scaleOf(bins,bounds.map(({amount})=>amount)),ticks=niceTicks(0,Math.max(...bins.map(({count})=>count))/all),top=ticks.at(-1)??1,y=share=>round2(HEIGHT2-share/top*HEIGHT2),x=share=>round2(share*WIDTH2),bars=bins.map((bin,at)=>{let[left,right]=[x(scale.slot(at)),x(scale.slot(at+1))],tall=bin.count===0?0:Math.max(LEAST_HEIGHT,HEIGHT2-y(bin.count/all)),told=`${(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.lq)(bin,evidence,locale)}: ${(0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.ZV)(bin.count,locale)} (${(0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Lu)(bin.count,all,locale)})`;return`<g><title>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(told)}</title><rect class="column" x="${left}" width="${round2(right-left)}" height="${HEIGHT2}"/><rect class="bar" x="${round2(left+.5)}" y="${round2(HEIGHT2-tall)}" width="${round2(Math.max(.5,right-left-1))}" height="${round2(tall)}"/></g>`}),placed=bounds.map(bound=>({...bound,at:scale.place(bound.amount)})),marked=marks.flatMap(mark=>{let at=scale.place(mark.amount);return at===void 0?[]:[{...mark,at}]}),line=at=>`M${x(at)} 0V${HEIGHT2}`;return`<figure class="chart">
<figcaption><b>${title}</b>${marks.length===0?"":`: ${marks.map(mark=>markText(mark,evidence,locale)).join(" \xB7 ")}`}${placed.map(bound=>legend(bound,words)).join("")}</figcaption>
<div class="plot">
${markLabels(marked)}<div class="ticks" aria-hidden="true">${ticks.toReversed().map(tick=>`<span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)((0,_chunk_NBD2YHS6_js__WEBPACK_IMPORTED_MODULE_6__.CG)(tick),locale))}</span>`).join("")}</div>
<svg viewBox="0 0 ${WIDTH2} ${HEIGHT2}" preserveAspectRatio="none" role="img" aria-label="${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.fK)(evidence,locale))}">
${ticks.map(tick=>`<path class="grid" d="M0 ${y(tick)}H${WIDTH2}"/>`).join("")}
${bars.join(`
`)}
${marked.map(({at})=>`<path class="mark" d="${line(at)}"/>`).join("")}
${placed.flatMap(({at,tone})=>at===void 0?[]:[`<path class="bound ${tone}" d="${line(at)}"/>`]).join("")}
</svg>
<div class="places" aria-hidden="true">${axisLabels(bins,scale,evidence,locale)}</div>
</div>
${counts(bins,all,evidence,words,locale)}
</figure>`}var markText=({label,amount},{unit},locale)=>`${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(label,40))} <b>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Is)(unit,amount),locale))}</b>`;function legend({subject,label,tone,at},words){let outside=at===void 0?` (${words.histogram.outside})`:"";return`<span class="limit-of ${tone}"><span class="legend"></span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(`${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(subject,40)} ${label}${outside}`)}</span>`}function markLabels(marks){if(marks.length===0)return"";let ends=[],labels=marks.map(({label,at})=>{let free=[0,1,2].find(row=>at-(ends[row]??-1)>=LABEL_WIDTH)??2;return ends[free]=at,`<span style="left:${percent(at)};bottom:${free*LINE}px">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(label,12))}</span>`});return`<div class="marks" style="height:${ends.length*LINE}px" aria-hidden="true">${labels.join("")}</div>`}function scaleOf(bins,limits){let closed=bins.flatMap(({from,to})=>from!==void 0&&to!==void 0?[{from,to}]:[]),[first,last]=[closed[0],closed.at(-1)],outside=amount=>{if(!(first===void 0||last===void 0)){if(amount>last.to&&bins.at(-1)?.to!==void 0){let steps=stepsBeyond(first.from,last.to,closed.length,amount-last.to,amount/last.to);return steps<=bins.length?bins.length+steps:void 0}if(amount<first.from&&bins[0]?.from!==void 0){let steps=stepsBeyond(first.from,last.to,closed.length,first.from-amount,first.from/amount);return steps<=bins.length?-steps:void 0}}},inBins=amount=>{let at=bins.findIndex(({from,to})=>(from===void 0||amount>=from)&&(to===void 0||amount<=to)),bin=bins[at];return bin===void 0?void 0:at+shareInside(bin,amount)},reached=limits.flatMap(limit=>outside(limit)??[]),low=Math.min(0,...reached),high=Math.max(bins.length,...reached),share=slot=>(slot-low)/(high-low);return{slot:share,place(amount){let slot=inBins(amount)??outside(amount);return slot===void 0||slot<low||slot>high?void 0:share(slot)},last:high>bins.length?Math.max(...limits.filter(limit=>outside(limit)!==void 0)):void 0}}function stepsBeyond(from,to,bins,distance,factor){let steps=from>0&&to/from>4?Math.log(factor)/(Math.log(to/from)/bins):distance/((to-from)/bins);return Number.isFinite(steps)?steps:Number.POSITIVE_INFINITY}function shareInside({from,to},amount){return from===void 0||to===void 0?.5:from>0?Math.log(amount/from)/Math.log(to/from):(amount-from)/(to-from)}function axisLabels(bins,scale,evidence,locale){let ends=[bins[0]?.from,...bins.map(({to})=>to)].flatMap((amount,at)=>amount===void 0?[]:[{amount,at:scale.slot(at)}]),apart=1/(MOST_LABELS-1)-.03,kept=[];for(let end of ends)end.at-(kept.at(-1)?.at??-1)>=apart&&kept.push(end);return scale.last!==void 0&&(1-(kept.at(-1)?.at??0)<apart&&kept.pop(),kept.push({amount:scale.last,at:1})),kept.map(({amount,at})=>`<span style="left:${percent(at)}">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Is)(evidence.unit,amount),locale))}</span>`).join("")}function counts(bins,all,evidence,words,locale){let{bins:heading,range,count,share}=words.histogram,head=[range,count,share].map((column,at)=>`<th scope="col"${at===0?"":' class="number"'}>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(column)}</th>`).join(""),rows=bins.map(bin=>`<tr><th scope="row" class="short">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.lq)(bin,evidence,locale))}</th><td class="number">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.ZV)(bin.count,locale))}</td><td class="number">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_IJMXD74B_js__WEBPACK_IMPORTED_MODULE_2__.Lu)(bin.count,all,locale))}</td></tr>`);return`<details class="counted"><summary>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(heading)}</summary><div class="scroll"><table class="plain"><thead><tr>${head}</tr></thead><tbody>${rows.join(`
`)}</tbody></table></div></details>`}var percent=share=>`${round2(share*100)}%`,round2=n=>Number(n.toFixed(2)),MOST_UNFOLDED=10,SHORT_CELL=28;function itemEntry(item,words,locale){let state=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.B5)(item),title=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(item.title)||item.id,optional=item.required?"":` <span class="tag">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.notRequired)}</span>`,time=item.durationMs===void 0||state==="skipped"?"":(0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.a3)(item.durationMs,locale),row=`${stateIcon(state)}<span class="state">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.states[state])}</span><span class="title">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(title)}${optional}</span><span class="result">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(oneResult(item,locale))}</span><span class="time">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(time)}</span>`,body=itemBody(item,words,locale);return body===""?`<li class="item ${state}"><div class="row">${row}</div></li>`:`<li class="item ${state}"><details><summary class="row">${row}</summary><div class="body">${body}</div></details></li>`}function oneResult(item,locale){let[first,...more]=(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.Pg)(item,locale);return first===void 0?(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.ow)(item,locale):`${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(first.sentence,240)}${more.length>0?` (+${more.length})`:""}`}function itemBody(item,words,locale){let told=(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.Pg)(item,locale)[0]?.sentence??(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.ow)(item,locale),message=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(item.message??""),parts=[message===""||told.endsWith(message)?"":`<p>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(message)}</p>`,criteria(item,words,locale),measurements(item,words,locale),...item.evidence.map(evidence=>evidencePart(evidence,item,words,locale))].filter(part=>part!=="");if(parts.length===0)return"";let place=item.position===void 0?"":` \xB7 <code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(`${item.position.file}:${item.position.line}`))}</code>`;return`${parts.join(`
`)}
<p class="facts"><code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(item.kind))}</code>${place}</p>`}function criteria(item,words,locale){let{state,criterion,measured,allowed}=words.columns,rows=item.judgements.map(judgement=>{let weight=(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.Jg)(judgement),intent=judgement.intent==="expect"?"":` <span class="muted">(${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.intents[judgement.intent])})</span>`,detail=judgement.detail===void 0?"":`<div class="muted">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(judgement.detail))}</div>`,compared=judgement.comparisons.map(comparison=>({measured:`<code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(comparison.subject))}</code> ${comparison.measured===void 0?"\u2013":(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)(comparison.measured,locale),300))}${remark(item.measurements[comparison.subject],words,locale)}`,allowed:(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.En)(comparison,judgement.intent!=="expect",words,locale))}));return`<tr class="${weight}"><td><span class="state">${stateIcon(weight)}${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.nG)(judgement,words))}</span></td><th scope="row"><code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(judgement.criterion))}</code>${intent}${detail}</th><td>${compared.map(one=>one.measured).join("<br>")||"\u2013"}</td><td>${compared.map(one=>one.allowed).join("<br>")||"\u2013"}</td></tr>`});return plainTable(words.headings.criteria,[state,criterion,measured,allowed],rows)}function measurements(item,words,locale){let compared=new Set(item.judgements.flatMap(({comparisons})=>comparisons.map(({subject})=>subject))),rows=Object.entries(item.measurements).filter(([name])=>!compared.has(name)).map(([name,measurement])=>`<tr><th scope="row"${name.length<=SHORT_CELL?' class="short"':""}><code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(name))}</code></th><td>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.Fl)(measurement.value,locale),2e3))}${remark(measurement,words,locale)}</td></tr>`),{measurements:heading}=words.headings,shown=plainTable(heading,[words.columns.name,words.columns.value],rows);return rows.length<=MOST_UNFOLDED?shown:`<details class="counted"><summary>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(heading)} (${rows.length})</summary>${plainTable("",[words.columns.name,words.columns.value],rows)}</details>`}function remark(measurement,words,locale){let{samples,note}=measurement??{},said=[samples===void 0?"":words.samples((0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.ZV)(samples,locale)),(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(note??"")].filter(part=>part!=="");return said.length===0?"":` <span class="muted">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(said.join("; "))}</span>`}function plainTable(caption,columns,rows){if(rows.length===0)return"";let head=columns.map(column=>`<th scope="col">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(column)}</th>`).join("");return tableOf(caption,head,rows)}function evidenceTable(title,columns,rows){let figures=(0,_chunk_CF47YT3F_js__WEBPACK_IMPORTED_MODULE_0__.o)(columns,rows),kind=(text,at)=>figures.includes(at)?' class="number"':text.length<=SHORT_CELL?' class="short"':"",plain=columns.map(_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0),head=plain.map((column,at)=>`<th scope="col"${kind("",at)}>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(column)}</th>`).join(""),body=rows.map(row=>`<tr>${plain.map((_,at)=>(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(row[at]??"")).map((cell,at)=>`<td${kind(cell,at)}>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(cell)}</td>`).join("")}</tr>`);return body.length===0?"":tableOf(title,head,body)}function tableOf(caption,head,rows){return`<div class="scroll"><table class="plain">${caption===""?"":`<caption>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(caption)}</caption>`}<thead><tr>${head}</tr></thead><tbody>${rows.join(`
`)}</tbody></table></div>`}function evidencePart(evidence,item,words,locale){let title=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(evidence.title)||words.headings.evidence;switch(evidence.kind){case"output":return`<div><p class="evidence-title">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(title)}</p><pre tabindex="0">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.y1)(evidence.text).trimEnd())}</pre></div>`;case"table":return evidenceTable(title,evidence.columns,evidence.rows);case"series":return seriesChart(evidence,item.judgements,words,locale);case"histogram":return histogramChart(evidence,item.judgements,words,locale)}}var STYLE=`
:root {
  color-scheme: light dark;
  --canvas: #ffffff; --subtle: #f6f8fa; --inset: #eff2f5; --line: #d1d9e0; --faint: #e4e8ec;
  --text: #1f2328; --muted: #59636e; --accent: #0969da; --on: #ffffff;
  --pass: #1a7f37; --warn: #9a6700; --fail: #cf222e; --error: #bc4c00; --unsure: #8250df; --quiet: #59636e; --busy: #0969da;
  --pass-soft: #dafbe1; --warn-soft: #fff8c5; --fail-soft: #ffebe9; --error-soft: #fff1e5; --unsure-soft: #fbefff; --quiet-soft: #f6f8fa; --busy-soft: #ddf4ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #0d1117; --subtle: #151b23; --inset: #1b222c; --line: #3d444d; --faint: #262c36;
    --text: #f0f6fc; --muted: #9198a1; --accent: #4493f8; --on: #0d1117;
    --pass: #3fb950; --warn: #d29922; --fail: #f85149; --error: #f0883e; --unsure: #ab7df8; --quiet: #9198a1; --busy: #4493f8;
    --pass-soft: #12261e; --warn-soft: #272215; --fail-soft: #25171c; --error-soft: #241a12; --unsure-soft: #1c1929; --quiet-soft: #151b23; --busy-soft: #121d2f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--canvas); color: var(--text); font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.report { max-width: 1012px; margin: 0 auto; padding: 24px 16px 48px; }
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 24px; line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 16px; line-height: 1.4; font-weight: 600; margin: 32px 0 8px; }
h3 { font-size: 14px; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px; }
code, pre, .mono { font: 12px/1.5 ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
code { background: var(--inset); padding: 2px 5px; border-radius: 6px; }
.muted { color: var(--muted); }
.icon { width: 16px; height: 16px; flex: none; display: block; }
.pass { --tone: var(--pass); --soft: var(--pass-soft); }
.warn { --tone: var(--warn); --soft: var(--warn-soft); }
.fail { --tone: var(--fail); --soft: var(--fail-soft); }
.error { --tone: var(--error); --soft: var(--error-soft); }
.inconclusive { --tone: var(--unsure); --soft: var(--unsure-soft); }
.skipped, .pending, .cancelled { --tone: var(--quiet); --soft: var(--quiet-soft); }
.running { --tone: var(--busy); --soft: var(--busy-soft); }

.banner { border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 6px; background: var(--soft); padding: 16px 20px; }
.banner-row { display: flex; gap: 14px; align-items: flex-start; }
.banner-row .icon { width: 32px; height: 32px; margin-top: 12px; color: var(--tone); }
.eyebrow { color: var(--muted); font-size: 12px; overflow-wrap: anywhere; }
.meter { display: flex; height: 8px; border-radius: 4px; overflow: hidden; gap: 2px; margin: 16px 0 8px; }
.meter span { background: var(--tone); min-width: 4px; }
.counts { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; }
.counts li { display: flex; gap: 6px; align-items: center; }
.counts .icon { width: 14px; height: 14px; margin: 0; color: var(--tone); }

.box { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.findings { width: 100%; border-collapse: collapse; table-layout: fixed; }
.findings col:nth-child(1) { width: 34%; }
.findings col:nth-child(n+2) { width: 22%; }
.findings th, .findings td { text-align: left; padding: 6px 12px; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
.findings thead th { background: var(--subtle); color: var(--muted); font-size: 12px; border-bottom: 1px solid var(--line); padding-block: 6px; }
.findings tbody + tbody { border-top: 1px solid var(--line); }
.findings tbody tr:first-child > * { padding-top: 12px; }
.findings tbody tr:last-child > * { padding-bottom: 12px; }
.findings .subject { padding-left: 36px; }
.findings .measured { font-weight: 600; font-variant-numeric: tabular-nums; color: var(--tone); }
.findings .allowed { font-variant-numeric: tabular-nums; }
.findings .say { padding-left: 36px; padding-top: 0; }
.name { display: flex; gap: 8px; align-items: flex-start; }
.name .icon { margin-top: 2px; color: var(--tone); }
.name b { font-weight: 600; overflow-wrap: anywhere; }
.state { color: var(--tone); font-size: 12px; font-weight: 600; white-space: nowrap; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 7px; font-size: 12px; line-height: 18px; color: var(--muted); white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; }
.next { color: var(--muted); }
.next b { color: var(--text); font-weight: 600; }
.gauge { display: block; width: 100%; max-width: 140px; height: 10px; margin-top: 4px; }
.gauge .track { fill: var(--faint); }
.gauge .fill { fill: var(--tone); }
.gauge .limit { stroke: var(--text); stroke-width: 2; vector-effect: non-scaling-stroke; }

.group { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; margin-top: 12px; }
.group > h3 { background: var(--subtle); padding: 8px 12px; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; gap: 12px; }
.group > h3 span { color: var(--muted); font-weight: 400; font-size: 12px; white-space: nowrap; }
.item + .item { border-top: 1px solid var(--faint); }
.row { display: grid; grid-template-columns: 16px 104px minmax(0, 5fr) minmax(0, 4fr) 76px 16px; gap: 4px 10px; align-items: baseline; padding: 8px 12px; }
.row .icon { align-self: start; margin-top: 2px; color: var(--tone); }
.row .title { overflow-wrap: anywhere; }
.row .result { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
.row .time { color: var(--muted); font-size: 12px; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
summary.row { cursor: pointer; list-style: none; }
summary.row::-webkit-details-marker { display: none; }
summary.row:hover { background: var(--subtle); }
summary.row::after { content: ""; width: 6px; height: 6px; border: solid var(--muted); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); align-self: start; margin: 6px 4px 0; grid-column: 6; grid-row: 1; }
details[open] > summary.row::after { transform: rotate(225deg); margin-top: 9px; }
.body { padding: 4px 12px 16px 38px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.scroll { overflow-x: auto; }
.plain { border-collapse: collapse; font-size: 13px; min-width: 50%; }
.plain caption { text-align: left; font-size: 12px; color: var(--muted); padding-bottom: 4px; }
.plain th, .plain td { border: 1px solid var(--line); padding: 4px 10px; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
.plain thead th { background: var(--subtle); font-weight: 600; white-space: nowrap; }
.plain .number, .plain .short { white-space: nowrap; }
.plain .number { font-variant-numeric: tabular-nums; text-align: right; }
.plain td:not(.number, .short) { min-width: 12ch; }
.plain .state { display: inline-flex; gap: 6px; align-items: center; }
.plain .state .icon { width: 14px; height: 14px; }
.evidence-title { font-size: 12px; color: var(--muted); margin-bottom: 4px; }
pre { background: var(--subtle); border: 1px solid var(--faint); border-radius: 6px; padding: 10px 12px; overflow: auto; max-height: 360px; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { font-size: 12px; color: var(--muted); }

.chart { max-width: 720px; }
.chart .counted { margin-top: 8px; }
.chart figcaption { font-size: 12px; color: var(--muted); margin-bottom: 10px; }
.chart figcaption b { color: var(--text); font-weight: 600; }
.plot { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 8px; }
.plot svg { width: 100%; height: 160px; display: block; overflow: visible; }
.ticks { display: flex; flex-direction: column; justify-content: space-between; text-align: right; font-size: 11px; line-height: 12px; color: var(--muted); margin-block: -6px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.times { grid-column: 2; display: flex; justify-content: space-between; font-size: 11px; color: var(--muted); margin-top: 6px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--faint); vector-effect: non-scaling-stroke; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.bound { stroke: var(--tone); stroke-width: 1.5; stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
.column { fill: transparent; }
.bar { fill: color-mix(in srgb, var(--accent) 70%, var(--canvas)); }
g:hover > .bar { fill: var(--accent); }
.mark { stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.marks, .places { grid-column: 2; position: relative; font-size: 11px; line-height: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.marks { color: var(--text); font-weight: 600; }
.places { height: 12px; margin-top: 6px; color: var(--muted); }
.marks span, .places span { position: absolute; transform: translateX(-50%); }
.limit-of { white-space: nowrap; }
.counted { font-size: 12px; color: var(--muted); }
.counted summary { cursor: pointer; width: max-content; }
.counted .scroll { margin-top: 6px; color: var(--text); }
.legend { display: inline-block; width: 18px; border-top: 2px dashed var(--tone); vertical-align: middle; margin: 0 4px 0 10px; }

.notes { border: 1px solid var(--line); border-radius: 6px; padding: 10px 16px; background: var(--subtle); }
.notes li { overflow-wrap: anywhere; }
.notes li + li { margin-top: 6px; }
.provenance { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 12px 24px; margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px; }
.provenance dt { color: var(--muted); font-size: 12px; }
.provenance dd { overflow-wrap: anywhere; }

@media (max-width: 640px) {
  .report { padding: 12px 10px 32px; }
  h1 { font-size: 20px; }
  .banner { padding: 12px 14px; }
  .banner-row .icon { width: 24px; height: 24px; }
  .row { grid-template-columns: 16px minmax(0, 1fr) max-content 16px; }
  .row .state { grid-column: 2; grid-row: 2; }
  .row .title { grid-column: 2; grid-row: 1; }
  .row .time { grid-column: 3; grid-row: 1; }
  .row .result { grid-column: 2 / 4; grid-row: 3; }
  .row .result:empty { display: none; }
  summary.row::after { grid-column: 4; }
  .body { padding-left: 12px; }
  .findings th, .findings td { padding-inline: 8px; }
  .findings .subject, .findings .say { padding-left: 10px; }
}
@media print {
  :root { color-scheme: light; }
  .report { max-width: none; padding: 0; }
  .item, .findings tbody, figure { break-inside: avoid; }
  pre { max-height: none; }
  summary.row::after { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.trim(),POLICY="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";function htmlPage({lang,title,body,extraStyle=""}){return`<!doctype html>
<html lang="${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(title)}</title>
<style>
${STYLE}
${extraStyle}</style>
</head>
<body>
${body}
</body>
</html>
`}function renderHtml(checklist,{locale="en"}={}){let words=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.Z9)(locale),about=checklist.service===void 0?words.phases[checklist.phase]:`${words.phases[checklist.phase]} \xB7 ${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(checklist.service,80)}`,body=`<main class="report">
${reportSections(checklist,{locale})}
</main>`;return htmlPage({lang:words.tag,title:`${(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.Pl)(checklist,locale)} \xB7 ${about}`,body})}function reportSections(checklist,{locale="en"}={}){let words=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.Z9)(locale);return[banner(checklist,words,locale),findingsTable(words.headings.failed,(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.MS)(checklist),words,locale),findingsTable(words.headings.warnings,(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.dW)(checklist),words,locale),notes(checklist.notes,words),checklistGroups(checklist,words,locale),provenance(checklist,words,locale)].filter(part=>part!=="").join(`
`)}function banner(checklist,words,locale){let state=checklist.reason==="cancelled"?"cancelled":checklist.verdict,{service,dryRun,subject,startedAt,finishedAt}=checklist,eyebrow=[words.phases[checklist.phase],service===void 0?"":(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(service,80),subject.headSha===void 0?"":(0,_chunk_CF47YT3F_js__WEBPACK_IMPORTED_MODULE_0__.F)(subject.headSha),finishedAt===void 0?(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.r4)(startedAt,locale):(0,_chunk_RNA4RCPY_js__WEBPACK_IMPORTED_MODULE_5__.a3)(Math.max(0,finishedAt-startedAt),locale),dryRun?words.dryRun:""].filter(part=>part!==""),counts2=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.N4)(checklist.items),present=_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.PT.filter(one=>counts2[one]>0),meter=present.map(one=>`<span class="${one}" style="flex-grow:${counts2[one]}"></span>`).join(""),list=present.map(one=>`<li class="${one}">${stateIcon(one)}${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.stateCount(one,counts2[one]))}</li>`).join("");return`<header class="banner ${state}">
<div class="banner-row">${stateIcon(state)}<div><p class="eyebrow">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(eyebrow.join(" \xB7 "))}</p><h1>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.Pl)(checklist,locale))}</h1></div></div>
${present.length===0?"":`<div class="meter" aria-hidden="true">${meter}</div><ul class="counts">${list}</ul>`}
</header>`}function findingsTable(heading,items,words,locale){if(items.length===0)return"";let{item,measured,allowed,margin}=words.columns,compared=items.some(one=>(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.Pg)(one,locale).some(({subject})=>subject!==void 0)),columns=[item,measured,allowed,margin].map(column=>`<th scope="col">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(column)}</th>`).join(""),head=compared?`<thead><tr>${columns}</tr></thead>`:"";return`<section><h2>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(heading)}</h2><div class="box"><table class="findings"><colgroup><col><col><col><col></colgroup>${head}
${items.map(one=>findingRows(one,words,locale)).join(`
`)}
</table></div></section>`}function findingRows(item,words,locale){let state=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.B5)(item),group=item.group===void 0?"":` <span class="tag">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.tl)(item.group,60))}</span>`,optional=item.required?"":` <span class="tag">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.notRequired)}</span>`,next=item.reason==="criterion_failed"||item.reason==="warning_criterion_held"?void 0:(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.sk)(item,locale);return`<tbody class="${state}">
<tr><th scope="rowgroup" colspan="4"><span class="name">${stateIcon(state)}<span><b>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(item.title)||item.id)}</b> <span class="state">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.states[state])}</span>${group}${optional}</span></span></th></tr>
${(0,_chunk_7UZEM5E5_js__WEBPACK_IMPORTED_MODULE_1__.Pg)(item,locale).map(findingRow).join(`
`)}
${next===void 0?"":`<tr><td class="say next" colspan="4"><b>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.headings.next)}:</b> ${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(next)}</td></tr>`}
</tbody>`}function findingRow({subject,measured,allowed,margin,message,gauge}){let said=message===void 0?"":`<tr><td class="say" colspan="4">${allowed===void 0||measured!==void 0?"":`<code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(allowed)}</code> `}${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(message)}</td></tr>`;if(subject===void 0)return said;let bar=gauge===void 0||margin===void 0?"":marginBar(gauge);return`<tr><th scope="row" class="subject"><code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(subject)}</code></th><td class="measured">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(measured??"\u2013")}</td><td class="allowed">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(allowed??"")}</td><td>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(margin??"")}${bar}</td></tr>${said}`}function checklistGroups(checklist,words,locale){if(checklist.items.length===0)return"";let found=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.TN)(checklist.items),headed=found.some(({title})=>title!==void 0),boxes=found.map(({title,items})=>{let counts2=(0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.N4)(items),sum=_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.PT.filter(state=>counts2[state]>0).map(state=>words.stateCount(state,counts2[state]));return`<div class="group">${headed?`<h3>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(title??"")||words.ungrouped)}<span>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(sum.join(", "))}</span></h3>`:""}<ul>
${items.map(item=>itemEntry(item,words,locale)).join(`
`)}
</ul></div>`});return`<section><h2>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.headings.checklist)} <span class="muted">\xB7 ${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.items(checklist.items.length))}</span></h2>
${boxes.join(`
`)}</section>`}function notes(all,words){if(all.length===0)return"";let list=all.map(note=>`<li>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(note))}</li>`).join("");return`<section><h2>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(words.headings.notes)}</h2><ul class="notes">${list}</ul></section>`}function provenance({subject,plan,startedAt,finishedAt},words,locale){let code=text=>`<code>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(text))}</code>`,url=(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.Pl)(subject.runUrl);return`<footer><dl class="provenance">${[[words.plan,words.planFrom(code(plan.file),plan.source,plan.sha===void 0?void 0:code((0,_chunk_CF47YT3F_js__WEBPACK_IMPORTED_MODULE_0__.F)(plan.sha)))],[words.repository,subject.repository===void 0?void 0:(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.h0)(subject.repository))],[words.commit,subject.headSha===void 0?void 0:code(subject.headSha)],[words.pullRequest,subject.pullRequest===void 0?void 0:`#${subject.pullRequest}`],[words.ref,subject.ref===void 0?void 0:code(subject.ref)],[words.started,(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.r4)(startedAt,locale))],[words.finished,finishedAt===void 0?void 0:(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)((0,_chunk_ALIVMQR2_js__WEBPACK_IMPORTED_MODULE_3__.r4)(finishedAt,locale))],[words.run,url===void 0?void 0:`<a href="${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(url)}" rel="noopener noreferrer">${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(url)}</a>`]].flatMap(([name,value])=>value===void 0?[]:[`<div><dt>${(0,_chunk_H7BJXNQL_js__WEBPACK_IMPORTED_MODULE_4__.qy)(name)}</dt><dd>${value}</dd></div>`]).join("")}</dl></footer>`}})};export{id,ids,modules};
