<?php $html = "`" . $name . "` = " . intval($_GET["id"]); $callback($post); preg_replace("/e/", "", $_POST["name"]); ?>
<p>Use `code` and $_POST in a text.</p>
