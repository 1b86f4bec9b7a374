<?php move_uploaded_file($_FILES["file"]["tmp_name"], $folder . basename($_FILES["file"]["name"]));
$id = $_POST["id"];
