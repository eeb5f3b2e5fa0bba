/** A wall board: asks for its figures each minute, turns its pages, keeps the last picture. */
(function () {
    "use strict";
    const EVERY = 60 * 1000;
    const at = (id) => document.getElementById(id);
    let data = null;
    let number = 0;
    let turning = null;

    function element(tag, text, kind) {
        const made = document.createElement(tag);
        if (text !== undefined) {
            made.textContent = text;
        }
        if (kind) {
            made.className = kind;
        }
        return made;
    }

    function showTile(tile) {
        const arrow = { better: "▲ ", worse: "▼ " }[tile.trend] || "";
        const card = element("section", undefined, `tile ${tile.trend} ${tile.level}`);
        card.dataset.key = tile.key;
        card.append(element("h2", tile.label), element("strong", tile.text));
        card.append(element("p", `${arrow}${tile.former}`));
        return card;
    }

    function showPeople(people) {
        const list = element("ol", undefined, "people");
        for (const person of people) {
            const line = element("li");
            line.append(element("span", person.name), element("b", person.text));
            list.append(line);
        }
        return list;
    }

    function show() {
        const page = data.pages[number % data.pages.length];
        at("title").textContent = page.title;
        at("page").replaceChildren(
            ...(page.people ? [showPeople(page.people)] : page.tiles.map(showTile))
        );
        at("dots").replaceChildren(
            ...data.pages.map((_page, place) =>
                element("i", "", place === number % data.pages.length ? "now" : "")
            )
        );
    }

    function turn() {
        number += 1;
        show();
    }

    async function load() {
        try {
            const answer = await fetch(document.body.dataset.url, { cache: "no-store" });
            if (answer.status === 404) {
                at("page").replaceChildren();
                at("dots").replaceChildren();
                data = null;
                clearInterval(turning);
                at("away").hidden = true;
                at("taken").textContent = "";
                return;
            }
            if (!answer.ok) {
                throw new Error(answer.status);
            }
            const isFirst = !data;
            data = await answer.json();
            at("taken").textContent = data.taken;
            at("away").hidden = true;
            if (isFirst) {
                clearInterval(turning);
                turning = setInterval(turn, data.seconds * 1000);
            }
            show();
        } catch {
            at("away").hidden = !data; // the last picture stays, with its time
        }
    }

    window.wallBoard = { load, turn };
    load();
    setInterval(load, EVERY);
})();
