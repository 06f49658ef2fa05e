// What the console does beyond links and forms, all of which work without it. No library, no inline code.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Keys: in a queue j k walk, enter opens, c claims; on a case a b u choose. Never while something is typed.
  const rows = () => all(".queue tbody tr");
  const selected = () => $(".queue tr[aria-selected='true']");
  const select = (row) => {
    if (!row) { return; }
    selected()?.setAttribute("aria-selected", "false");
    row.setAttribute("aria-selected", "true");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const walk = (by) => {
    const list = rows();
    const at = list.indexOf(selected());
    select(list[Math.min(list.length - 1, Math.max(0, at + by))]);
  };
  const press = (name) => {
    const scope = selected() ?? document;
    const target = $(`[data-key="${name}"]`, scope) ?? $(`[data-key="${name}"]`);
    if (!target || target.disabled) { return false; }
    if (target.dataset.sets) {
      const field = $(target.dataset.sets);
      if (field) { field.checked = true; field.dispatchEvent(new Event("change", { bubbles: true })); field.form?.querySelector("[data-first]")?.focus(); }
    } else {
      target.click();
      if (target.matches("summary") && target.parentElement.open) { $("textarea, input:not([type=hidden]), select", target.parentElement)?.focus(); }
    }
    return true;
  };
  const keys = {
    j: () => walk(1), k: () => walk(-1),
    Enter: () => { const link = selected() && $(".what a", selected()); if (!link) { return false; } link.click(); },
    "?": () => $("#keys")?.showModal(),
    "/": () => { const find = $("#find"); if (!find) { return false; } find.focus(); find.select(); },
    Escape: () => { const open = $("details.drop[open]"); if (open) { open.open = false; $("summary", open).focus(); return; } const back = $("[data-key='back']"); if (!back) { return false; } back.click(); },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing?.form) { typing.form.requestSubmit(); event.preventDefault(); return; }
    if (event.key === "Escape" && typing?.closest("details.drop[open]")) { keys.Escape(); event.preventDefault(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) { return; }
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) { return; }
    const done = keys[event.key] ? keys[event.key]() !== false : /^[a-z]$/.test(event.key) && press(event.key);
    if (done) { event.preventDefault(); }
  });
  // The browser does this a frame after the page is there: who rules with two keys has pressed the second one by then.
  $("[autofocus]")?.focus();
  if (rows().length && !selected()) { rows()[0].setAttribute("aria-selected", "true"); }

  // What is ticked: counted, all at once, and kept when rows are shown anew. Deciding with nothing ticked means the case at hand.
  const ticks = (name) => all(`tbody input[type=checkbox][name="${name}"]`);
  const count = () => all("[data-count]").forEach((note) => {
    const picked = ticks(note.dataset.count).filter((box) => box.checked).length;
    note.textContent = picked > 0 ? `With ${picked} selected:` : note.dataset.count === "case" ? "With the case at hand, or those that x selects:" : "";
  });
  document.addEventListener("change", (event) => {
    const every = event.target.dataset?.all;
    if (every) { ticks(every).forEach((box) => { box.checked = event.target.checked; }); }
    if (every || event.target.matches?.("tbody input[type=checkbox]")) { count(); }
  });
  const offer = () => { all("[data-all]").forEach((box) => { box.hidden = false; }); count(); };
  $("#bulk")?.addEventListener("submit", () => {
    const boxes = ticks("case");
    if (boxes.length && !boxes.some((box) => box.checked)) { const at = $("input[name=case]", selected() ?? document); if (at) { at.checked = true; } }
  });
  offer();

  // A form keeps what is typed until its answer came: a session that ends meanwhile loses nothing.
  all("[data-draft-done]").forEach((note) => Object.keys(sessionStorage)
    .filter((name) => name.startsWith(`draft:${note.dataset.draftDone}`)).forEach((name) => sessionStorage.removeItem(name)));
  all("form[data-draft]").forEach((form) => {
    const name = `draft:${form.dataset.draft}`;
    const fields = () => all("textarea, input[type=text], input[type=number], select, input[type=radio]", form).filter((f) => f.name && !f.name.startsWith("__"));
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
    if (kept) {
      fields().forEach((field) => {
        if (!(field.name in kept)) { return; }
        if (field.type === "radio") { field.checked = field.value === kept[field.name]; } else { field.value = kept[field.name]; }
      });
    }
    form.addEventListener("input", () => {
      const values = {};
      fields().forEach((f) => { if (f.type !== "radio" || f.checked) { values[f.name] = f.value; } });
      sessionStorage.setItem(name, JSON.stringify(values));
    });
  });
  // What takes long says so, and nothing is sent twice.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
    $(".busy")?.classList.add("on");
    setTimeout(() => { delete event.target.dataset.sent; }, 10000);
  });
  all("select[data-submits]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));

  // Updates: a fragment is asked for again and again while the page is in sight, and replaced when it changed.
  all("[data-live]").forEach((part) => {
    const every = Number(part.dataset.every || 5) * 1000;
    let version = part.dataset.version || "";
    const look = async () => {
      if (document.hidden || $("dialog[open]") || part.contains(document.activeElement?.closest?.("form input, form textarea, form select"))) { return; }
      try {
        const answer = await fetch(part.dataset.live, { headers: { "If-None-Match": `"${version}"` }, redirect: "error", credentials: "same-origin" });
        if (answer.status !== 200) { return; }
        version = (answer.headers.get("ETag") || "").replaceAll('"', "");
        const held = selected()?.id;
        const picked = new Set(ticks("case").filter((box) => box.checked).map((box) => box.value.replace(/^\d+:/, "")));
        const next = new DOMParser().parseFromString(await answer.text(), "text/html");
        part.replaceChildren(...next.body.childNodes);
        ticks("case").forEach((box) => { box.checked = picked.has(box.value.replace(/^\d+:/, "")); });
        offer();
        if (held) { const row = document.getElementById(held); if (row) { selected()?.setAttribute("aria-selected", "false"); row.setAttribute("aria-selected", "true"); } }
        if (rows().length && !selected()) { rows()[0].setAttribute("aria-selected", "true"); }
      } catch { /* The next look may find the server back. */ }
    };
    setInterval(look, every);
  });

  // The graph: zoom by wheel, buttons and + -, drag, filter by kind of tie.
  all(".graph").forEach((graph) => {
    const svg = $("svg.drawing", graph);
    if (!svg) { return; }
    const whole = svg.getAttribute("viewBox").split(" ").map(Number);
    let box = [...whole];
    const show = () => svg.setAttribute("viewBox", box.map((n) => n.toFixed(1)).join(" "));
    const zoom = (by, x = .5, y = .5) => {
      const width = Math.min(whole[2], Math.max(whole[2] / 16, box[2] * by));
      const share = width / box[2];
      box = [box[0] + box[2] * x * (1 - share), box[1] + box[3] * y * (1 - share), width, box[3] * share];
      show();
    };
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const place = svg.getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, (event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height);
    }, { passive: false });
    let held = null;
    svg.addEventListener("pointerdown", (event) => { held = [event.clientX, event.clientY]; });
    svg.addEventListener("pointermove", (event) => {
      if (!held) { return; }
      const place = svg.getBoundingClientRect();
      box[0] -= (event.clientX - held[0]) / place.width * box[2];
      box[1] -= (event.clientY - held[1]) / place.height * box[3];
      held = [event.clientX, event.clientY];
      show();
    });
    ["pointerup", "pointerleave"].forEach((name) => svg.addEventListener(name, () => { held = null; }));
    all("[data-zoom]", graph).forEach((button) => button.addEventListener("click", () => {
      if (button.dataset.zoom === "all") { box = [...whole]; show(); } else { zoom(button.dataset.zoom === "in" ? 1 / 1.4 : 1.4); }
    }));
    all("[data-kind]", graph).forEach((check) => check.addEventListener("change", () => {
      all(`.tie-${check.dataset.kind}`, svg).forEach((shape) => shape.classList.toggle("off", !check.checked));
    }));
  });

  all("[data-close]").forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));
  all("[data-opens]").forEach((button) => button.addEventListener("click", () => $(button.dataset.opens)?.showModal()));
})();
