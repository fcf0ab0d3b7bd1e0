"""The style and the script of the preview's page: constants, so that the page's policy can name their hashes."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--line:#8884;--say:#2a72;--faint:#5c5c5c;--error:#b00020;--warning:#8a4b00}
@media (prefers-color-scheme:dark){:root{--faint:#a8a8a8;--error:#ff8a80;--warning:#ffb74d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:44rem;padding:0 .8rem 3rem}
body{font:16px/1.5 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
header{position:sticky;top:0;background:Canvas;padding:.6rem 0;border-bottom:1px solid var(--line);z-index:1}
h1{font-size:1.2rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:1.2rem 0 .4rem}h3{font-size:1rem;margin:0 0 .3rem}
section{scroll-margin-top:8.5rem}
header p,small,footer,.of{color:var(--faint);font-size:.82rem;margin:.1rem 0;font-weight:400;overflow-wrap:anywhere}
input{width:100%;font:inherit;padding:.5rem;margin-top:.4rem;border:1px solid var(--line);border-radius:.5rem}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:.7rem 0}
nav a{color:inherit;font-size:.82rem;text-decoration:none;border:1px solid var(--line);border-radius:1rem}
nav a{padding:.25rem .6rem}
article{border:1px solid var(--line);border-radius:.6rem;padding:.6rem;margin:.5rem 0;overflow-wrap:anywhere}
.task{border-style:dashed}.do{white-space:pre-wrap;margin:.3rem 0}
.say{white-space:pre-wrap;background:var(--say);border-radius:.5rem;padding:.4rem .6rem;margin:.3rem 0}
.say em{font-style:normal;font-weight:600}
.say img{display:block;max-width:100%;max-height:18rem;margin:.3rem 0;border-radius:.3rem}
.late{opacity:.6;text-decoration:line-through}
summary{padding:.3rem 0;cursor:pointer}
.problems{margin:.8rem 0;overflow-wrap:anywhere}.problems ul{padding-left:1.2rem;margin:.2rem 0}
.error b{color:var(--error)}.warning b{color:var(--warning)}li i{color:var(--faint)}
.hours div{display:flex;gap:.6rem;align-items:center;font-variant-numeric:tabular-nums}.hours meter{flex:1}
time{font-variant-numeric:tabular-nums}
"""

SCRIPT = """
(function(){
"use strict";
var data=JSON.parse(document.getElementById("data").textContent);
var pick=document.getElementById("pick"),all=document.getElementById("all"),one=document.getElementById("one");
function add(parent,tag,text,name){
  var made=document.createElement(tag);
  if(text!==undefined){made.textContent=text;}
  if(name){made.className=name;}
  parent.appendChild(made);
  return made;
}
function two(n){return (n<10?"0":"")+n;}
function clock(start,more){
  var pieces=start.split(":"),s=((pieces[0]*3600+pieces[1]*60+more)%86400+86400)%86400;
  return two(Math.floor(s/3600))+":"+two(Math.floor(s%3600/60))+":"+two(Math.floor(s%60));
}
function rows(number){
  var found=[];
  data.posts.forEach(function(post){
    var at=data.audiences[post.g].indexOf(number);
    if(at<0){return;}
    found.push({day:post.d,post:post,at:at,begins:post.b[at]});
  });
  return found;
}
function see(img,number){img.alt="";img.src=data.pictures[number];}
function show(number){
  one.textContent="";
  add(one,"h2",data.groups[number]);
  var day=-1;
  rows(number).forEach(function(row){
    if(row.day!==day){day=row.day;add(one,"h2",data.days[day]);}
    var post=row.post,late=post.x&&post.x.indexOf(row.at)>=0;
    var box=add(one,"article",undefined,late?"late":"");
    var more=row.begins;
    add(box,"h3",clock(post.t,more)+" "+post.s+(late?" · "+data.words.left:""));
    post.w[post.v?post.v[row.at]:0].forEach(function(part,index){
      if(index){more+=part[2];}
      var said=add(box,"p",undefined,"say");
      if(part[0]){add(said,"em",part[0]);said.appendChild(document.createTextNode(" "));}
      said.appendChild(document.createTextNode(part[1]));
      if(index){said.title=clock(post.t,more);}
      if(part[3]!==undefined){see(add(said,"img"),part[3]);}
    });
  });
}
function choose(){
  var wanted=pick.value.trim().toLowerCase();
  var number=data.groups.findIndex(function(name){return name.toLowerCase()===wanted;});
  if(number<0&&wanted){number=data.groups.findIndex(function(name){return name.toLowerCase().indexOf(wanted)>=0;});}
  all.hidden=Boolean(wanted);
  one.hidden=!wanted;
  if(!wanted){return;}
  if(number<0){one.textContent=data.words.nobody;}else{show(number);}
}
pick.addEventListener("input",choose);
document.querySelectorAll("img[data-picture]").forEach(function(img){see(img,Number(img.dataset.picture));});
})();
"""
