// Search without a network, in both languages. mdBook's own index splits texts at blanks and stems English, which finds nothing in
// Japanese. Its texts are all in the index file, so this looks for the words themselves in them and leaves the rest to mdBook.
(() => {
  if (!window.elasticlunr) return;
  const AROUND = 60;
  const FEW = 30;
  const fold = (text) => text.normalize("NFKC").toLowerCase();

  /** The text around the first place of a word, the word set off by blanks so that mdBook marks it. */
  function teaser(body, word) {
    const at = fold(body).indexOf(word);
    if (at < 0) return body.slice(0, 2 * AROUND);
    const from = Math.max(0, at - AROUND);
    const end = at + word.length;
    const before = (from > 0 ? "… " : "") + body.slice(from, at);
    return `${before} ${body.slice(at, end)} ${body.slice(end, end + AROUND)} …`;
  }

  function weigh(page, words) {
    let weight = 0;
    for (const word of words) {
      const inTitle = page.title.includes(word);
      if (!inTitle && !page.text.includes(word)) return 0;
      weight += (inTitle ? 10 : 1) + Math.min(5, page.text.split(word).length - 1) / 10;
    }
    return weight;
  }

  window.elasticlunr.stemmer = (word) => fold(word);
  window.elasticlunr.Index.load = ({ documentStore }) => {
    const pages = Object.entries(documentStore.docs).map(([ref, doc]) => ({
      ref, doc, title: fold(doc.title), text: fold(`${doc.breadcrumbs} ${doc.body}`),
    }));
    return {
      search(term) {
        const words = fold(term).split(/[\s\u3000]+/).filter((word) => word.length > 0);
        return pages
          .map((page) => ({ page, score: weigh(page, words) }))
          .filter(({ score }) => words.length > 0 && score > 0)
          .sort((one, other) => other.score - one.score)
          .slice(0, FEW)
          .map(({ page, score }) => ({ ref: page.ref, score, doc: { ...page.doc, body: teaser(page.doc.body, words[0]) } }));
      },
    };
  };
})();
